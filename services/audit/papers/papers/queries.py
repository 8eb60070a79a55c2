from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.papers.papers.models import ExtentKind, OperationResult, Paper, PaperStatus
from services.audit.papers.papers.rules import FINISHED
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Paper).c
_FINISHED = [status.value for status in FINISHED]

_PAPER = select(
    _C.id,
    _C.engagement_id,
    _C.number,
    _C.control_id,
    _C.control_code,
    _C.definition_id,
    _C.definition,
    _C.criteria,
    _C.title,
    _C.procedures,
    _C.extent,
    _C.executed_at,
    _C.evidence,
    _C.legend,
    _C.work,
    _C.result,
    _C.status,
    _C.edition,
    _C.signatures,
    _C.withdrawal,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

paper = One("paper", _PAPER, by=_C.id)


def _answers(criterion: Any) -> Any:
    return criterion == any_(_C.criteria)


class PaperQuery(ListQuery):
    sort: Literal[
        "number", "-number", "control_code", "-control_code", "created_at", "-created_at", "updated_at", "-updated_at"
    ] = "number"
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    definition_id: UUID | None = None
    status: PaperStatus | None = None
    finished: Annotated[bool | None, Where(lambda finished: among(_C.status, _FINISHED) == finished)] = Field(
        default=None, description="true: only those that were reviewed"
    )
    extent: Annotated[ExtentKind | None, Where(lambda kind: _C.extent["kind"].as_string() == kind)] = None
    operation: Annotated[OperationResult | None, Where(lambda result: _C.result["operation"].as_string() == result)] = (
        Field(default=None, description="Type 2: by the result")
    )
    criterion: Annotated[str | None, Where(_answers)] = Field(
        default=None, max_length=200, description="Of controls that answer it, as `framework:ref`"
    )
    q: Annotated[Search | None, Mentions("title", "control_code")] = Field(
        default=None, description="In title and code of the control"
    )
    updated_since: UpdatedSince = None


papers = Listing(_PAPER, id=_C.id, query=PaperQuery)


async def next_number(session: AsyncSession, engagement_id: UUID) -> int:
    """The number of the next paper of an engagement, whose lane the transaction holds."""
    highest = await session.scalar(select(func.max(_C.number)).where(_C.engagement_id == engagement_id))
    return (highest or 0) + 1


async def papers_of(session: AsyncSession, engagement_id: UUID) -> Sequence[Paper]:
    """The papers of an engagement that were not withdrawn, by their numbers."""
    query = select_rows(Paper).where(
        col(Paper.engagement_id) == engagement_id, col(Paper.status) != PaperStatus.WITHDRAWN
    )
    return (await session.scalars(query.order_by(col(Paper.number)))).all()


async def papers_among(session: AsyncSession, engagement_id: UUID, ids: Collection[UUID]) -> dict[UUID, Paper]:
    """Those of these ids that are papers of the engagement and were not withdrawn."""
    if not ids:
        return {}
    query = select_rows(Paper).where(
        col(Paper.engagement_id) == engagement_id, among(_C.id, ids), col(Paper.status) != PaperStatus.WITHDRAWN
    )
    return {row.id: row for row in await session.scalars(query)}


async def papers_on_sample(session: AsyncSession, sample_id: UUID) -> Sequence[Paper]:
    """The papers whose extent is this sample and that were not withdrawn."""
    on_sample = _C.extent["sample_id"].as_string() == literal(str(sample_id))
    query = select_rows(Paper).where(on_sample, col(Paper.status) != PaperStatus.WITHDRAWN)
    return (await session.scalars(query.order_by(col(Paper.id)))).all()
