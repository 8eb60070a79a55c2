from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.judgement.nonconformities.models import NonconformityGrade, NonconformityStatus
from services.audit.judgement.nonconformities.rules import NonconformityStep
from shared.http.fields import ActedBy, Day, Input, Prose


class NonconformityDraft(Input):
    """What was found: the requirement, the statement of nonconformity, and the objective evidence (ISO 19011)."""

    requirement: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")] = Field(
        examples=["iso27001:9.2.2"]
    )
    grade: NonconformityGrade
    statement: Prose = Field(examples=["The internal audit programme does not cover the second site."])
    evidence: Prose = Field(examples=["Programme of 2026, version 3; audit reports of March and June."])
    concern_id: UUID | None = Field(default=None, description="The area of concern of stage 1 that it was")


class CorrectionPlan(Input):
    """What the auditee does about it: at once, and about the cause, each by a day."""

    correction: Prose
    cause: Prose
    action: Prose
    due_on: Day


class EvidenceShown(Input):
    """What shows that the action was taken, with the evidence by ids."""

    text: Prose
    evidence_item_ids: list[UUID] = Field(default_factory=list, max_length=100)


class NonconformityDecision(Input):
    """A step of the auditing party, with its reason."""

    step: NonconformityStep
    reason: Prose
    grade: NonconformityGrade | None = Field(default=None, description="Required to regrade, and only there")


class PlanOut(BaseModel):
    correction: str
    cause: str
    action: str
    due_on: date


class ShownOut(BaseModel):
    text: str
    evidence_item_ids: list[UUID]


class StepTaken(BaseModel):
    step: str
    reason: str | None
    by: ActedBy
    at: datetime


class NonconformityOut(BaseModel):
    id: UUID
    engagement_id: UUID
    number: int = Field(description="Counts the nonconformities of the engagement, from 1")
    concern_id: UUID | None = Field(description="The area of concern of stage 1 that it was")
    requirement: str
    grade: NonconformityGrade
    statement: str
    evidence: str
    status: NonconformityStatus
    plan: PlanOut | None
    shown: ShownOut | None = Field(description="What the auditee showed of the action that it took")
    verify_by: date | None = Field(
        description="Of a major one of a stage 2: the last day of the six months after that audit. One that is verified"
        " later needs another stage 2 before a certificate is granted"
    )
    verified_at: datetime | None = Field(description="When the auditing party verified the corrective action")
    history: list[StepTaken] = Field(description="Every step, oldest first")
    version: int
    created_at: datetime
    updated_at: datetime
