from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.judgement.nonconformities.models import Nonconformity, NonconformityGrade, NonconformityStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Nonconformity).c

_NONCONFORMITY = select(
    _C.id,
    _C.engagement_id,
    _C.requirement,
    _C.grade,
    _C.statement,
    _C.evidence,
    _C.status,
    _C.plan,
    _C.shown,
    _C.history,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

nonconformity = One("nonconformity", _NONCONFORMITY, by=_C.id)


class NonconformityQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "requirement", "-requirement"] = (
        "-created_at"
    )
    engagement_id: UUID | None = None
    requirement: str | None = Field(default=None, max_length=200)
    grade: NonconformityGrade | None = None
    status: NonconformityStatus | None = None
    q: Annotated[Search | None, Mentions("statement", "evidence", "requirement")] = Field(
        default=None, description="In statement, evidence and requirement"
    )
    updated_since: UpdatedSince = None


nonconformities = Listing(_NONCONFORMITY, id=_C.id, query=NonconformityQuery)


async def graded(
    session: AsyncSession, engagement_id: UUID
) -> Sequence[tuple[NonconformityGrade, NonconformityStatus]]:
    """The nonconformities of an engagement, by grade and status."""
    rows = await session.execute(select(_C.grade, _C.status).where(_C.engagement_id == engagement_id))
    return [(NonconformityGrade(grade), NonconformityStatus(status)) for grade, status in rows]
