from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.candidates.models import CandidateEffect, CandidateStatus, DeviationKind
from shared.http.fields import ActedBy, Input, Prose


class ResponseDraft(Input):
    """What management says to the candidate; the opinion does not cover it."""

    text: Prose = Field(examples=["The review was late for want of staff; a second reviewer has been named."])


class EvaluationDraft(Input):
    """What the auditor concludes on the candidate."""

    isolated: bool = Field(description="True for a single instance, false when it is systematic")
    effect: CandidateEffect
    conclusion: Prose = Field(examples=["One of four reviews; access was found to be right when it was caught up."])


class NotedRisk(BaseModel):
    """A risk that went above appetite while the control failed."""

    risk_id: UUID
    title: str
    residual: str
    exceeded_at: datetime
    noted_at: datetime


class ManagementResponse(BaseModel):
    text: str
    by: ActedBy
    at: datetime


class Evaluation(BaseModel):
    isolated: bool
    effect: CandidateEffect
    conclusion: str
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
    evaluation: Evaluation | None
    version: int
    created_at: datetime
    updated_at: datetime
