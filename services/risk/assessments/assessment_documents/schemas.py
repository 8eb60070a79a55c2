from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.assessments.assessed_risks.models import AssessedRiskStatus
from services.risk.assessments.assessed_risks.schemas import (
    AssessedResult,
    DisputeResolutionOut,
    DriftChange,
    ParticipantRatingOut,
    RiskAtStart,
)
from services.risk.assessments.assessments.models import AssessmentStatus
from services.risk.assessments.assessments.schemas import AssessmentApprovalOut, AssessmentReturnOut
from shared.http.fields import ActedBy, NamedPerson


class RecordedRisk(BaseModel):
    """A risk of the record."""

    risk_id: UUID
    risk_code: str
    risk_title: str
    category: str
    owner_id: UUID
    frozen: RiskAtStart
    status: AssessedRiskStatus
    ratings: list[ParticipantRatingOut]
    resolution: DisputeResolutionOut | None
    result: AssessedResult | None
    applied: bool | None
    drift: list[DriftChange]


class AssessmentRecord(BaseModel):
    """All that an assessment is on record for, in its own words and the names of then."""

    id: UUID
    title: str
    purpose: str
    criteria: list[str]
    lead_id: UUID
    participant_ids: list[UUID]
    raters_needed: int
    approvers_needed: int
    due_on: date
    status: AssessmentStatus
    method_number: int
    started_at: datetime
    started_by: ActedBy
    submitted_at: datetime | None
    submitted_by: ActedBy | None
    approvals: list[AssessmentApprovalOut]
    returns: list[AssessmentReturnOut]
    completed_at: datetime | None
    completed_by: ActedBy | None
    completion_note: str | None
    risks: list[RecordedRisk]


class RecordedAssessment(BaseModel):
    """A started assessment as one read finds it, for its document, drift and comparison."""

    record: AssessmentRecord
    digest: str | None
    previous_id: UUID | None = Field(description="The last one that was completed before this one started")
    people: list[NamedPerson] = Field(description="Lead, participants and owners, by their names of now")
    assessed_ids: dict[UUID, UUID] = Field(description="The ids of its assessed risks, by their risks")


class AssessmentDocument(BaseModel):
    """The record of an assessment, and its digest once it is completed."""

    record: AssessmentRecord
    is_whole: bool = Field(
        description="Whether the digest is of this record. To an auditor it may be an extract: without the risks, words"
        " and controls outside the scope"
    )
    digest: str | None = Field(
        description="SHA-256 of the completed `record` as JSON with sorted names, without white space, in ASCII"
    )
