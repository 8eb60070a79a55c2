from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.papers.finding_remediations.models import RemediationStatus
from shared.http.fields import ActedBy, Day, Input, Prose


class RemediationDraft(Input):
    """What was done, by which day, and the evidence for it by ids."""

    text: Prose = Field(examples=["The pipeline refuses a deployment that is not approved."])
    done_on: Day = Field(description="The UTC day since which it is done; it does not lie ahead")
    evidence_item_ids: list[UUID] = Field(min_length=1, max_length=100)


class RemediationDecision(Input):
    """Whether the firm found it done, and what it looked at."""

    verified: bool
    reason: Prose = Field(examples=["The rule was inspected, and one deployment without approval was refused."])


class RemediationDecided(BaseModel):
    engagement_id: UUID = Field(description="The engagement in which it was decided")
    reason: str
    by: ActedBy
    at: datetime


class RemediationOut(BaseModel):
    id: UUID
    finding_id: UUID
    engagement_id: UUID = Field(description="The engagement of the finding")
    control_id: UUID
    text: str
    done_on: date
    evidence_item_ids: list[UUID]
    status: RemediationStatus
    stated_by: ActedBy
    decision: RemediationDecided | None
    version: int
    created_at: datetime
    updated_at: datetime
