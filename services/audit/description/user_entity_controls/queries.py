from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import any_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.described_engagements.schemas import Ref
from services.audit.description.user_entity_controls.models import UserEntityControl
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Code, Search, UpdatedSince

_C = table_of(UserEntityControl).c

_COLUMNS = select(
    _C.id,
    _C.engagement_id,
    _C.code,
    _C.text,
    _C.criteria,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("code", "text")
control = One("user entity control", _COLUMNS, by=_C.id, names_controls=_WORDS)


class UserEntityControlQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    engagement_id: UUID | None = None
    code: Code | None = None
    criterion: Annotated[Ref | None, Where(lambda ref: ref == any_(_C.criteria))] = None
    status: DescribedStatus | None = None
    q: Annotated[Search | None, Mentions("code", "text")] = None
    updated_since: UpdatedSince = None


controls = Listing(_COLUMNS, id=_C.id, query=UserEntityControlQuery, names_controls=_WORDS)


async def has_code(session: AsyncSession, engagement_id: UUID, code: str) -> bool:
    """Whether a control of the engagement that is not withdrawn has the code."""
    same = exists().where(_C.engagement_id == engagement_id, _C.code == code, _C.status == DescribedStatus.RECORDED)
    return bool(await session.scalar(select(same)))
