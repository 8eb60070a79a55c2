from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.controls.earlier import Dates
from services.controls.policies.policies.models import VersionStatus
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose, Title

Sha256 = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]
Markdown = Annotated[
    str,
    StringConstraints(min_length=1, max_length=400_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"),
    Field(examples=["# Access control\n\nAccess is given by need."], description="Kept as it is, and never rendered"),
]


class PolicyFile(Input):
    """A file of the evidence service: where it is, and by its digest which bytes it must be."""

    file_id: UUID
    sha256: Sha256
    name: Title = Field(examples=["access-control-policy.pdf"])


class PolicyVersionDraft(Input):
    """The words of a policy: Markdown, or a file."""

    markdown: Markdown | None = None
    file: PolicyFile | None = None
    summary: Prose = Field(examples=["Adds hardware keys for administrators."], description="What is new in it")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.markdown is None) == (self.file is None):
            raise ValueError("give either markdown or a file")
        return self


class PolicyVersionRevision(Input):
    """What to change of a draft; Markdown takes the place of a file, and a file that of Markdown."""

    markdown: Markdown | None = None
    file: PolicyFile | None = None
    summary: Prose | None = None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.markdown is not None and self.file is not None:
            raise ValueError("give either markdown or a file")
        return self


class PolicySubmission(Input):
    """Who is to approve it, and how many of them must."""

    approvers: list[PersonRef] = Field(
        min_length=1,
        max_length=50,
        examples=[["dana@example.com", "kim@example.com"]],
        description="People, by id or e-mail address, who can sign in; none of them wrote any of it",
    )
    quorum: int = Field(ge=1, le=50, examples=[1])


class PolicyApproval(StrEnum):
    """What an approver decides."""

    APPROVE = "approve"
    REJECT = "reject"


class PolicyDecision(Input):
    """Agree, or return it to its authors with a reason."""

    decision: PolicyApproval
    sha256: Sha256 = Field(description="Of what was read, so that nobody approves other words")
    reason: Prose | None = Field(default=None, description="Needed to reject")

    @model_validator(mode="after")
    def _says_why_it_is_rejected(self) -> Self:
        if self.decision == PolicyApproval.REJECT and self.reason is None:
            raise ValueError("a rejection has a reason")
        return self


class PolicyWithdrawal(Input):
    """Why it is taken back from its approvers."""

    reason: Prose = Field(examples=["A chapter was left out."])


class PolicyPublication(Input):
    """From which day on it is in force."""

    effective_on: Day = Field(
        description="In UTC; today or later. A version that was in force before Attest is told as a historical record"
    )


class PolicyDecisionOut(BaseModel):
    by: ActedBy
    decision: PolicyApproval
    reason: str | None
    sha256: str
    round: int = Field(description="Each submission begins another")
    at: datetime


class PolicyVersionSummary(BaseModel):
    id: UUID
    policy_id: UUID
    policy_code: str
    number: int
    sha256: str = Field(description="Of the Markdown in UTF-8, or of the file")
    summary: str
    status: VersionStatus
    authors: list[ActedBy]
    approvers: list[NamedPerson] = Field(description="In order of their names")
    quorum: int | None
    published_by: ActedBy | None
    published_at: datetime | None
    effective_on: date | None
    effective_until: date | None = Field(description="The first day on which it is no longer in force")
    dates: Dates | None = Field(description="When it was published, and when that came into Attest; null before")
    version: int
    created_at: datetime
    updated_at: datetime


class PolicyVersionOut(PolicyVersionSummary):
    markdown: str | None = Field(description="Text, for the client to render; null for a file")
    file: PolicyFile | None
    round: int
    decisions: list[PolicyDecisionOut]
