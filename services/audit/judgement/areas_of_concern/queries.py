from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.judgement.areas_of_concern.models import AreaOfConcern, ConcernStatus
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(AreaOfConcern).c

_CONCERN = select(
    _C.id,
    _C.engagement_id,
    _C.number,
    _C.requirement,
    _C.statement,
    _C.evidence,
    _C.status,
    _C.answer,
    _C.nonconformity_id,
    _C.history,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("answer")
concern = One("area of concern", _CONCERN, by=_C.id, names_controls=_WORDS)


class ConcernQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "requirement", "-requirement"] = (
        "-created_at"
    )
    engagement_id: UUID | None = None
    requirement: str | None = Field(default=None, max_length=200)
    status: ConcernStatus | None = None
    q: Annotated[Search | None, Mentions("statement", "evidence", "requirement")] = Field(
        default=None, description="In statement, evidence and requirement"
    )
    updated_since: UpdatedSince = None


concerns = Listing(_CONCERN, id=_C.id, query=ConcernQuery, names_controls=_WORDS)


async def concerns_of(session: AsyncSession, engagement_id: UUID) -> Sequence[AreaOfConcern]:
    """The areas of concern of a stage 1, by number."""
    query = select_rows(AreaOfConcern).where(_C.engagement_id == engagement_id)
    return (await session.scalars(query.order_by(_C.number))).all()


async def last_number(session: AsyncSession, engagement_id: UUID) -> int:
    """How many areas of concern an engagement has."""
    counted = select(func.coalesce(func.max(_C.number), 0)).where(_C.engagement_id == engagement_id)
    return int(await session.scalar(counted) or 0)
