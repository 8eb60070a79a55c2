from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.candidates.models import CandidateOutcome, CandidateStatus, DeviationKind
from shared.http.fields import ActedBy, Input, Prose


class ResponseDraft(Input):
    """What management says to the candidate; the opinion does not cover it."""

    text: Prose = Field(examples=["The review was late for want of staff; a second reviewer has been named."])


class DismissalDraft(Input):
    """Why the candidate is no deviation."""

    reason: Prose = Field(examples=["The evidence was there, under another expectation; it was inspected."])


class NotedRisk(BaseModel):
    """A risk that went above appetite while the control failed."""

    risk_id: UUID
    title: str
    level: str
    exceeded_at: datetime
    noted_at: datetime


class ManagementResponse(BaseModel):
    text: str
    by: ActedBy
    at: datetime


class CandidateDecision(BaseModel):
    outcome: CandidateOutcome
    reason: str | None = Field(description="Why it is no deviation; null for one that is")
    by: ActedBy
    at: datetime


class CandidateOut(BaseModel):
    id: UUID
    engagement_id: UUID
    control_id: UUID
    control_code: str = Field(description="Code and title as they were when the control failed")
    control_title: str
    kind: DeviationKind
    nature: str = Field(description="What was found")
    cause: list[str] = Field(description="Why the control was found failing")
    status: CandidateStatus
    due_on: date | None = Field(
        description="The day on which an occurrence was due that was missed; null for a failure"
    )
    failed_at: datetime = Field(description="When the control failed, or when the tolerance for the occurrence ended")
    raised_at: datetime = Field(description="When the candidate was put on record")
    remediated_at: datetime | None = Field(description="When the control worked again; the candidate stays on record")
    risks: list[NotedRisk]
    management_response: ManagementResponse | None
    decision: CandidateDecision | None = Field(description="Of the auditing party")
    version: int
    created_at: datetime
    updated_at: datetime
