from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.audit.papers.findings.models import FindingStatus, ResponsePosition
from shared.http.fields import ActedBy, Day, Input, Prose, Title, once_each

CriterionRef = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]+$", examples=["soc2:CC6.2"]),
]


class Compensating(Input):
    """A control that does what the deficient one does not, by the paper of its own test."""

    paper_id: UUID
    text: Prose = Field(examples=["Access of leavers ends with their account at the identity provider."])


class FindingDraft(Input):
    """A deficiency as it would be communicated; what it rests on stays the firm's."""

    deviation_ids: Annotated[list[UUID], Field(min_length=1, max_length=200), AfterValidator(once_each)]
    title: Title = Field(examples=["Changes are deployed before they are approved"])
    text: Prose = Field(examples=["For 2 of 25 changes, the approval was given after the deployment."])
    criteria: list[CriterionRef] = Field(default_factory=list, max_length=200, description="As `framework:ref`")
    compensating: list[Compensating] = Field(default_factory=list, max_length=50)


class FindingRevision(Input):
    """What to change of a draft; members left out stay as they are."""

    deviation_ids: Annotated[list[UUID], Field(min_length=1, max_length=200), AfterValidator(once_each)] | None = None
    title: Title | None = None
    text: Prose | None = None
    criteria: list[CriterionRef] | None = Field(default=None, max_length=200)
    compensating: list[Compensating] | None = Field(
        default=None, max_length=50, description="Until the finding is concluded, also once it is communicated"
    )


class FindingResponse(Input):
    """What management says. A plan has a day by which it is done."""

    position: ResponsePosition
    text: Prose = Field(examples=["The deployment now asks for the approval."])
    plan: Prose | None = Field(default=None, examples=["A rule in the pipeline refuses what is not approved."])
    planned_by: Day | None = Field(default=None, description="Required with a plan")

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if (self.plan is None) != (self.planned_by is None):
            raise ValueError("a plan and planned_by go together")
        return self


class FindingConclusion(Input):
    """What the deficiency means for the criteria, after the response and what compensates."""

    text: Prose = Field(examples=["CC8.1 is met: the review of deployments found each of them on the next day."])


class FindingWithdrawal(Input):
    """Why it is no finding."""

    reason: Prose


class ResponseGiven(BaseModel):
    position: ResponsePosition
    text: str
    plan: str | None
    planned_by: date | None
    by: ActedBy
    at: datetime


class CommunicatedBy(BaseModel):
    by: ActedBy
    at: datetime


class FindingConcluded(BaseModel):
    text: str
    by: ActedBy
    at: datetime


class FindingWithdrawnBy(BaseModel):
    reason: str
    by: ActedBy
    at: datetime


class FindingOut(BaseModel):
    id: UUID
    engagement_id: UUID
    control_id: UUID
    control_code: str
    title: str
    text: str
    criteria: list[str]
    deviation_ids: list[UUID] | None = Field(description="The firm's alone; null for the client")
    compensating: list[Compensating] | None = Field(description="The firm's alone; null for the client")
    status: FindingStatus
    drafted_by: ActedBy
    communicated: CommunicatedBy | None
    response: ResponseGiven | None = Field(description="Management's; the opinion does not cover it")
    conclusion: FindingConcluded | None = Field(description="The firm's alone; null for the client")
    withdrawal: FindingWithdrawnBy | None
    version: int
    created_at: datetime
    updated_at: datetime
