from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.risk.oversight.vendor_conditions.schemas import ConditionDraft
from services.risk.oversight.vendor_reviews.models import VendorReviewStatus
from services.risk.vendors.vendors.models import ReviewCause, VendorStatus, VendorTier
from services.risk.vendors.vendors.schemas import EvidenceIds
from shared.http.fields import ActedBy, Input, NamedPerson, PersonRef, Prose, once_each

Outcome = Literal[VendorStatus.APPROVED, VendorStatus.APPROVED_WITH_CONDITIONS, VendorStatus.REJECTED]


Ids = Annotated[list[UUID], AfterValidator(once_each), Field(max_length=50)]


class ReviewStart(Input):
    """Who reviews the vendor."""

    reviewer: PersonRef


class ReviewEvidence(Input):
    """What the review looks at."""

    report_ids: Ids = Field(default=[], description="Assurance reports of this vendor that are reviewed")
    questionnaire_ids: Ids = Field(default=[], description="Questionnaires of this vendor that were accepted")
    evidence_ids: EvidenceIds = Field(default=[])
    note: Prose | None = Field(
        default=None,
        examples=["Their status page and the notice of their last incident."],
        description="What was looked at besides. Needed where nothing else is named, and where what the tier asks for"
        " (a questionnaire, an auditor's report) is not: it says why",
    )


class ReviewFinding(Input):
    """One thing that the reviewer found, and how bad it is."""

    text: Prose = Field(examples=["Support staff sign in without a second factor."])
    severity: VendorTier


class ReviewAssessment(Input):
    """What the reviewer found, and what they propose."""

    summary: Prose = Field(examples=["Controls are sound but for sign-in of support staff."])
    findings: list[ReviewFinding] = Field(default=[], max_length=100)
    proposal: Outcome


class VendorDecision(Input):
    """What is decided, and why. An approval with conditions names them."""

    outcome: Outcome
    reason: Prose = Field(examples=["Their access is limited until the condition is met."])
    conditions: list[ConditionDraft] = Field(
        default=[], max_length=50, description="With `approved_with_conditions`, at least one; otherwise none"
    )


class ReviewCancellation(Input):
    """Why a review is not carried on."""

    reason: Prose = Field(examples=["The vendor is being offboarded."])


Findings = Annotated[list[ReviewFinding], Field(max_length=100)]


class AssessmentOut(BaseModel):
    summary: str
    findings: Findings
    proposal: VendorStatus


class VendorReviewOut(BaseModel):
    id: UUID
    vendor_id: UUID
    vendor_name: str
    cause: ReviewCause
    tier: VendorTier = Field(description="As it was when the review began")
    due_on: date = Field(description="The day that the next review is counted from")
    reviewer: NamedPerson
    status: VendorReviewStatus
    started_by: ActedBy
    report_ids: list[UUID]
    questionnaire_ids: list[UUID]
    evidence_ids: list[UUID]
    evidence_note: str | None
    assessment: AssessmentOut | None
    assessed_by: ActedBy | None
    assessed_at: datetime | None
    outcome: VendorStatus | None
    decision_reason: str | None
    decided_by: ActedBy | None
    decided_at: datetime | None
    closed_at: datetime | None
    next_review_on: date | None
    cancelled_because: str | None
    version: int
    created_at: datetime
    updated_at: datetime
