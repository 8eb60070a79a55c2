from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, Field, StringConstraints, model_validator

from services.controls.issues.issues.models import Closure, Effectiveness, IssueSource, IssueStatus
from shared.events.catalogue.controls import Severity
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose, Title, once_each

Controls = Annotated[
    list[UUID], Field(min_length=1, max_length=50, description="The controls it is about"), AfterValidator(once_each)
]
EvidenceIds = Annotated[
    list[UUID],
    Field(max_length=50, description="Items of the evidence service that show it, or its correction"),
    AfterValidator(once_each),
]
Cause = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z-]{0,39}(:[A-Za-z0-9][A-Za-z0-9._/@:-]{0,159})?$"),
    Field(
        examples=["test:0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10", "control-health"],
        description="What shows that the cause is back: a closed issue reopens as a regression when it fails again."
        " `control-health`: one of its controls; anything else as whoever reports it names it",
    ),
]


class Ticket(Input):
    """The same issue in a system outside."""

    system: Title = Field(examples=["jira"])
    key: Title = Field(examples=["SEC-114"])
    url: Annotated[AnyHttpUrl, Field(max_length=2000)] | None = None


Tickets = Annotated[list[Ticket], Field(max_length=20)]


class IssueDescription(Input):
    """A deficiency as found. It is due by the issue policy, unless a date and the reason for it are given."""

    title: Title = Field(examples=["Two leavers kept access to production"])
    description: Prose = Field(examples=["The review of June found two accounts of people who left in April."])
    control_ids: Controls
    severity: Severity = Field(description="Critical and high ones mean that their controls fail while they are open")
    source: IssueSource
    source_reference: Title | None = Field(
        default=None, examples=["test result 0197a4c2"], description="What exactly it came to light by"
    )
    recurs_with: Cause | None = None
    due_on: Day | None = Field(default=None, description="The last day on which it is resolved in time, in UTC")
    due_reason: Prose | None = Field(default=None, description="Why that day; needed with `due_on`")
    tickets: Tickets = Field(default=[])
    evidence_ids: EvidenceIds = Field(default=[])

    @model_validator(mode="after")
    def _has_a_reason_for_another_day(self) -> Self:
        if (self.due_on is None) != (self.due_reason is None):
            raise ValueError("give due_on and due_reason together, or neither")
        return self


class IssueDraft(IssueDescription):
    """A deficiency as found, and who answers for its correction."""

    owner: PersonRef


class IssueRevision(Input):
    """What to change; members left out stay. Another severity moves the due date, unless that was set for a reason."""

    title: Title | None = None
    description: Prose | None = None
    control_ids: Controls | None = None
    severity: Severity | None = None
    recurs_with: Cause | None = None
    owner: PersonRef | None = None
    tickets: Tickets | None = None
    evidence_ids: EvidenceIds | None = None


class DueDateChange(Input):
    """Another due date, and why."""

    due_on: Day
    reason: Prose = Field(examples=["The fix ships with the identity provider's release in October."])


class ClosureDraft(Input):
    """Close it without correction: its risk is accepted, or it is another issue's duplicate."""

    outcome: Closure = Field(description="`verified` comes from an effectiveness check only")
    reason: Prose
    duplicate_of: UUID | None = Field(default=None, description="The issue that stays, for a duplicate")

    @model_validator(mode="after")
    def _names_what_stays(self) -> Self:
        if self.outcome == Closure.VERIFIED:
            raise ValueError("an issue is verified by an effectiveness check")
        if (self.duplicate_of is None) == (self.outcome == Closure.DUPLICATE):
            raise ValueError("a duplicate, and nothing else, says of which issue it is one")
        return self


class ReopeningDraft(Input):
    """Why a closed issue is open again."""

    reason: Prose = Field(examples=["The access review of September found another leaver."])


class ClosureOut(BaseModel):
    outcome: Closure
    reason: str
    duplicate_of: UUID | None
    by: ActedBy
    at: datetime


class IssueSummary(BaseModel):
    id: UUID
    title: str
    control_ids: list[UUID]
    severity: Severity
    source: IssueSource
    source_reference: str | None
    recurs_with: str | None
    owner: NamedPerson
    opened_by: ActedBy
    status: IssueStatus
    due_on: date
    due_reason: str | None = Field(description="Why it is due on another day than the policy gives")
    overdue: bool = Field(description="As of the day asked for")
    regressions: int = Field(description="How often its cause came back after the correction was verified")
    tickets: list[Ticket]
    version: int
    created_at: datetime
    updated_at: datetime


class CorrectiveAction(Input):
    """One step of the correction."""

    title: Title = Field(examples=["Deprovisioning is triggered by the HR system"])
    owner: PersonRef
    starts_on: Day | None = None
    due_on: Day
    done_on: Day | None = Field(default=None, description="Null while it is not done")


class CorrectiveActionOut(BaseModel):
    title: str
    owner: NamedPerson
    starts_on: date | None
    due_on: date
    done_on: date | None


class IssuePlanOut(BaseModel):
    root_cause: str
    containment: str | None
    similar: str | None
    actions: list[CorrectiveActionOut]
    by: ActedBy
    at: datetime


class ResolutionOut(BaseModel):
    statement: str
    evidence_ids: list[UUID]
    by: ActedBy
    at: datetime


class EffectivenessCheckOut(BaseModel):
    outcome: Effectiveness
    method: str
    conclusion: str
    evidence_ids: list[UUID]
    by: ActedBy
    at: datetime


class IssueOut(IssueSummary):
    description: str
    running_since: datetime = Field(description="When it was opened or last reopened; the policy counts from there")
    evidence_ids: list[UUID]
    plan: IssuePlanOut | None
    resolution: ResolutionOut | None
    effectiveness_checks: list[EffectivenessCheckOut]
    closure: ClosureOut | None
