from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.papers.reliability_records.models import ReliabilityStatus
from services.audit.sampling.populations.schemas import ProcedureDone, Provenance, ReliabilityDraft
from shared.http.fields import ActedBy, Input, Prose, Title


class ReliabilityRecordDraft(ReliabilityDraft):
    """A conclusion on information that a control uses, with where the information comes from."""

    title: Title = Field(examples=["List of accounts that the reviewer of access looked at"])
    evidence_item_id: UUID | None = Field(default=None, description="The item of evidence that it is in")
    provenance: Provenance


class ReliabilityWithdrawal(Input):
    """Why the conclusion does not count any longer."""

    reason: Prose = Field(examples=["The list was drawn again, with leavers included."])


class ReliabilityRecordOut(BaseModel):
    id: UUID
    engagement_id: UUID
    paper_id: UUID
    title: str
    evidence_item_id: UUID | None
    provenance: Provenance
    reliable: bool
    procedures: list[ProcedureDone]
    conclusion: str
    recorded_by: ActedBy
    status: ReliabilityStatus
    version: int
    created_at: datetime
    updated_at: datetime
