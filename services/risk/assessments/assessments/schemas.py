from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.risk.assessments.assessments.models import AssessmentStatus
from services.risk.terms.method_terms.schemas import Category
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose, Title, once_each

LARGEST_SCOPE = 2_000  # risks

Criterion = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._() -]*$"),
]
Criteria = Annotated[
    list[Criterion],
    Field(
        min_length=1,
        max_length=50,
        description="The criteria and clauses that the assessment serves, each with its framework",
        examples=[["soc2:CC3.1", "soc2:CC3.2", "iso27001:6.1.2", "iso27001:8.2"]],
    ),
]
Participants = Annotated[
    list[PersonRef],
    Field(min_length=1, max_length=100, description="Who rates: people with the permission to own risks"),
]
Approvers = Annotated[
    list[PersonRef],
    Field(
        max_length=20,
        description="Who approves: people who may write risks and rate none of it. All of these may if none is named",
        examples=[[]],
    ),
]
Count = Annotated[int, Field(ge=1, le=10)]


class AssessmentScope(Input):
    """Which risks are assessed: these, those of these categories, or all. Closed ones are left out."""

    risk_ids: Annotated[list[UUID], AfterValidator(once_each), Field(max_length=LARGEST_SCOPE)] = Field(default=[])
    categories: list[Category] = Field(default=[], max_length=50)
    every_risk: bool = False


class AssessmentDraft(Input):
    """What is to be assessed, why, by whom and until when."""

    title: Title = Field(examples=["Annual risk assessment"])
    purpose: Prose = Field(examples=["The yearly assessment of risks to the service commitments."])
    criteria: Criteria
    scope: AssessmentScope = Field(examples=[{"every_risk": True}])
    lead: PersonRef
    participants: Participants
    approvers: Approvers = Field(default=[])
    raters_needed: Count = Field(default=1, description="How many participants have to rate each risk")
    approvers_needed: Count = Field(default=1, description="How many people, who rated nothing, have to approve")
    due_on: Day


class AssessmentRevision(Input):
    """What to change; members left out stay. After the start only people and due day can change."""

    title: Title | None = None
    purpose: Prose | None = None
    criteria: Criteria | None = None
    scope: AssessmentScope | None = None
    lead: PersonRef | None = None
    participants: Participants | None = None
    approvers: Approvers | None = None
    raters_needed: Count | None = None
    approvers_needed: Count | None = None
    due_on: Day | None = None


class AssessmentCancellation(Input):
    """Why an assessment is given up."""

    reason: Prose = Field(examples=["The method was replaced; another assessment starts by the new one."])


class AssessmentProgress(BaseModel):
    """How many risks of the frozen scope are in each state."""

    untouched: int = 0
    rated: int = 0
    confirmed: int = 0
    disputed: int = 0
    resolved: int = 0


class AssessmentApprovalOut(BaseModel):
    by: ActedBy
    at: datetime
    note: str | None
    round: int


class AssessmentReturnOut(BaseModel):
    by: ActedBy
    at: datetime
    reason: str
    round: int


class RiskAssessmentOut(BaseModel):
    id: UUID
    title: str
    purpose: str
    criteria: list[str]
    scope: AssessmentScope
    lead: NamedPerson
    participants: list[NamedPerson]
    approvers: list[NamedPerson] = Field(description="Who approves it; whoever may write risks where nobody is named")
    raters_needed: int
    approvers_needed: int
    due_on: date
    overdue: bool = Field(
        description="Whether the due day is over in UTC and the assessment is neither completed nor cancelled"
    )
    status: AssessmentStatus
    progress: AssessmentProgress
    method_number: int | None = Field(description="The method in force at the start; 0 is the default preset")
    started_at: datetime | None = Field(description="When the scope was frozen")
    started_by: ActedBy | None
    round: int = Field(description="1, and one more for each return")
    submitted_at: datetime | None
    submitted_by: ActedBy | None
    approvals: list[AssessmentApprovalOut]
    returns: list[AssessmentReturnOut]
    completed_at: datetime | None = Field(description="When it was applied to the register")
    completed_by: ActedBy | None
    completion_note: str | None
    digest: str | None = Field(description="SHA-256 of the completed record, as its document has it")
    cancelled_because: str | None
    version: int
    created_at: datetime
    updated_at: datetime
