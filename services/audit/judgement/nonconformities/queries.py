from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.judgement.nonconformities.models import Nonconformity, NonconformityGrade, NonconformityStatus
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Nonconformity).c

_NONCONFORMITY = select(
    _C.id,
    _C.engagement_id,
    _C.number,
    _C.concern_id,
    _C.requirement,
    _C.grade,
    _C.statement,
    _C.evidence,
    _C.status,
    _C.plan,
    _C.shown,
    _C.verify_by,
    _C.verified_at,
    _C.history,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("plan", "shown")
nonconformity = One("nonconformity", _NONCONFORMITY, by=_C.id, names_controls=_WORDS)


class NonconformityQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "requirement", "-requirement"] = (
        "-created_at"
    )
    engagement_id: UUID | None = None
    requirement: str | None = Field(default=None, max_length=200)
    concern_id: UUID | None = None
    grade: NonconformityGrade | None = None
    status: NonconformityStatus | None = None
    q: Annotated[Search | None, Mentions("statement", "evidence", "requirement")] = Field(
        default=None, description="In statement, evidence and requirement"
    )
    updated_since: UpdatedSince = None


nonconformities = Listing(_NONCONFORMITY, id=_C.id, query=NonconformityQuery, names_controls=_WORDS)


async def nonconformities_of(session: AsyncSession, *engagement_ids: UUID) -> Sequence[Nonconformity]:
    """The nonconformities of these engagements, by number."""
    query = select_rows(Nonconformity).where(_C.engagement_id.in_(engagement_ids))
    return (await session.scalars(query.order_by(_C.engagement_id, _C.number))).all()


async def last_number(session: AsyncSession, engagement_id: UUID) -> int:
    """How many nonconformities an engagement has."""
    counted = select(func.coalesce(func.max(_C.number), 0)).where(_C.engagement_id == engagement_id)
    return int(await session.scalar(counted) or 0)
