from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.reliability_records.models import ReliabilityRecord, ReliabilityStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(ReliabilityRecord).c

_RECORD = select(
    _C.id,
    _C.engagement_id,
    _C.paper_id,
    _C.title,
    _C.evidence_item_id,
    _C.provenance,
    _C.reliable,
    _C.procedures,
    _C.conclusion,
    _C.recorded_by,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

record = One("reliability record", _RECORD, by=_C.id)


class ReliabilityRecordQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at"
    engagement_id: UUID | None = None
    paper_id: UUID | None = None
    evidence_item_id: UUID | None = None
    reliable: bool | None = None
    status: ReliabilityStatus | None = None
    q: Annotated[Search | None, Mentions("title", "conclusion")] = Field(
        default=None, description="In title and conclusion"
    )
    updated_since: UpdatedSince = None


records = Listing(_RECORD, id=_C.id, query=ReliabilityRecordQuery)


async def rests_on_unreliable(session: AsyncSession, paper_id: UUID) -> bool:
    """Whether information that the paper's control uses was found unreliable, by a record that stands."""
    standing = _C.status == ReliabilityStatus.RECORDED.value
    return bool(await session.scalar(select(exists().where(_C.paper_id == paper_id, standing, ~_C.reliable))))
