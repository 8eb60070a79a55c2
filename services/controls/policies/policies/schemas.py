from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.controls.frameworks.requirements.schemas import Requirements
from services.controls.policies.policies.models import PolicyStatus
from shared.http.fields import Code, Input, NamedPerson, PersonRef, Prose, Title, once_each

ReviewMonths = Annotated[
    int, Field(ge=1, le=36, description="Calendar months from a publication or review to the next review")
]
Supported = Annotated[
    list[UUID], Field(max_length=500, description="The controls it supports"), AfterValidator(once_each)
]


class PolicyDraft(Input):
    """A policy, before its first version."""

    code: Code = Field(examples=["POL-AC"])
    title: Title = Field(examples=["Access control policy"])
    owner: PersonRef
    review_months: ReviewMonths = 12
    control_ids: Supported = Field(default=[])
    requirements: Requirements = Field(default=[])


class PolicyRevision(Input):
    """What to change; members left out stay. Other months move the due date of the next review."""

    title: Title | None = None
    owner: PersonRef | None = None
    review_months: ReviewMonths | None = None
    control_ids: Supported | None = None
    requirements: Requirements | None = None


class PolicyRetirement(Input):
    """Why a policy is no longer in force."""

    reason: Prose = Field(examples=["The information security policy covers it since June."])


class PolicyOut(BaseModel):
    id: UUID
    code: str
    title: str
    owner: NamedPerson
    review_months: int
    control_ids: list[UUID]
    requirements: list[str] = Field(examples=[["soc2:CC5.3", "iso27001:A.5.1"]])
    status: PolicyStatus
    published_version_id: UUID | None
    published_number: int | None
    effective_on: date | None = Field(description="From which day on the published version is in force")
    reviewed_on: date | None = Field(description="When it was last published, or reviewed and left as it is")
    review_due_on: date | None
    review_overdue: bool = Field(description="As of the day asked for")
    version: int
    created_at: datetime
    updated_at: datetime
