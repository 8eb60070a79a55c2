from collections.abc import Collection, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.engagements.candidates.models import DeviationKind
from services.audit.papers.deviations.models import Deviation, DeviationPattern, DeviationStatus
from services.audit.papers.papers.models import Paper
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Deviation).c

_DEVIATION = select(
    _C.id,
    _C.engagement_id,
    _C.control_id,
    _C.control_code,
    _C.paper_id,
    _C.sample_item_ids,
    _C.candidate_id,
    _C.request_id,
    _C.kind,
    _C.nature,
    _C.status,
    _C.recorded_by,
    _C.analysis,
    _C.conclusion,
    _C.retraction,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

deviation = One("deviation", _DEVIATION, by=_C.id)


class DeviationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "control_code", "-control_code"] = (
        "-created_at"
    )
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    paper_id: UUID | None = None
    candidate_id: UUID | None = None
    kind: DeviationKind | None = None
    status: DeviationStatus | None = None
    standing: Annotated[bool | None, Where(lambda is_: (_C.status != DeviationStatus.RETRACTED.value) == is_)] = Field(
        default=None, description="false: only those that were retracted"
    )
    pattern: Annotated[DeviationPattern | None, Where(lambda is_: _C.analysis["pattern"].as_string() == is_)] = None
    intentional: Annotated[bool | None, Where(lambda is_: _C.analysis["intentional"].as_boolean() == is_)] = None
    q: Annotated[Search | None, Mentions("nature", "control_code")] = Field(
        default=None, description="In the nature and the code of the control"
    )
    updated_since: UpdatedSince = None


deviations = Listing(_DEVIATION, id=_C.id, query=DeviationQuery)


async def deviations_of(session: AsyncSession, engagement_id: UUID) -> Sequence[Deviation]:
    """The deviations of an engagement that stand, oldest first."""
    query = select_rows(Deviation).where(
        Deviation.engagement_id == engagement_id, Deviation.status != DeviationStatus.RETRACTED
    )
    return (await session.scalars(query.order_by(col(Deviation.id)))).all()


async def deviations_on(session: AsyncSession, paper: Paper) -> Sequence[Deviation]:
    """The deviations that stand and that a paper has, with those of its control that no paper has."""
    of_no_paper = and_(_C.paper_id.is_(None), _C.control_id == paper.control_id)
    query = select_rows(Deviation).where(
        Deviation.engagement_id == paper.engagement_id,
        Deviation.status != DeviationStatus.RETRACTED,
        or_(_C.paper_id == paper.id, of_no_paper),
    )
    return (await session.scalars(query.order_by(col(Deviation.id)))).all()


async def deviations_among(session: AsyncSession, engagement_id: UUID, ids: Collection[UUID]) -> dict[UUID, Deviation]:
    """Those of these ids that are deviations of the engagement and stand."""
    if not ids:
        return {}
    query = select_rows(Deviation).where(
        Deviation.engagement_id == engagement_id, among(_C.id, ids), Deviation.status != DeviationStatus.RETRACTED
    )
    return {row.id: row for row in await session.scalars(query)}
