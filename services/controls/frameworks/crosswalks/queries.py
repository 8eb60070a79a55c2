from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalks.models import Crosswalk, CrosswalkEntry, CrosswalkStatus, EntryStatus
from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Code, Search, UpdatedSince
from shared.identity.callers import PLATFORM

_C = table_of(Crosswalk).c
_E = table_of(CrosswalkEntry).c
_F = table_of(Framework).c

_CROSSWALK = select(
    _C.id,
    _C.code,
    _C.title,
    _C.source,
    _C.target,
    _C.origin,
    (_C.org_id == literal(PLATFORM, Uuid())).label("shipped"),
    select(func.count())
    .select_from(table_of(CrosswalkEntry))
    .where(_E.crosswalk_id == _C.id, _E.status == EntryStatus.ACTIVE)
    .scalar_subquery()
    .label("entries"),
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

crosswalk = One("crosswalk", _CROSSWALK, by=_C.id)


class CrosswalkQuery(ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    framework: Annotated[Code | None, Where(lambda framework: or_(_C.source == framework, _C.target == framework))] = (
        Field(default=None, examples=["iso27001"], description="At either end")
    )
    status: CrosswalkStatus | None = None
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


crosswalks = Listing(_CROSSWALK, id=_C.id, query=CrosswalkQuery)


async def is_shipped(session: AsyncSession, crosswalk_id: UUID) -> bool:
    """Whether this is one that comes with Attest."""
    owner = await session.scalar(select(_C.org_id).where(_C.id == crosswalk_id))
    return owner == PLATFORM


async def frameworks_there(session: AsyncSession, codes: set[str]) -> frozenset[str]:
    """Which of these codes are of frameworks that the organisation sees."""
    query = select(_F.code).where(_F.code.in_(codes), _F.status == FrameworkStatus.ACTIVE)
    return frozenset(await session.scalars(query))


async def code_taken(session: AsyncSession, code: str) -> bool:
    """Whether a crosswalk has this code already, one that comes with Attest among them."""
    return (await session.execute(select(_C.id).where(_C.code == code))).first() is not None
