from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.acceptances.acceptances.schemas import FrozenRisk
from services.risk.register.risks.schemas import Answer, AnswerOut, TargetRating
from services.risk.treatments.treatments.models import Strategy, TreatmentStatus
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose, Title
from shared.money import Currency


class PlannedControl(Answer):
    """A control that the treatment implements, and by how many steps it shall lower likelihood or impact."""


PlannedControls = Annotated[
    list[PlannedControl],
    Field(
        max_length=20,
        description="Controls that are implemented. They count in no rating before the treatment is done; from then on"
        " they answer the risk",
        examples=[[]],
    ),
]
ReturnId = Annotated[
    UUID | None, Field(description="The treatment return that simulates it: of a loss scenario of the same risk")
]


class TreatmentDraft(Input):
    """What is to be done about a risk. A proposal needs owner, due day and target as well."""

    risk_id: UUID
    title: Title = Field(examples=["Access ends with employment"])
    strategy: Strategy
    rationale: Prose = Field(examples=["Most leavers kept access for a week."])
    owner: PersonRef | None = None
    due_on: Day | None = None
    target: TargetRating | None = Field(default=None, description="The rating that the risk has once this is done")
    controls: PlannedControls = Field(default=[])
    currency: Currency | None = Field(default=None, description="Of all costs; needed before an action has one")
    return_id: ReturnId = None


class TreatmentRevision(Input):
    """What to change; members left out stay as they are. `return_id` may be null.

    Of an approved treatment only `title`, `owner` and `return_id` change.
    """

    title: Title | None = None
    strategy: Strategy | None = None
    rationale: Prose | None = None
    owner: PersonRef | None = None
    due_on: Day | None = None
    target: TargetRating | None = None
    controls: PlannedControls | None = None
    currency: Currency | None = None
    return_id: ReturnId = None

    @property
    def changed(self) -> frozenset[str]:
        """The members that are given; null takes only `return_id` away."""
        return frozenset(
            name for name in self.model_fields_set if name == "return_id" or getattr(self, name) is not None
        )


class TreatmentProposal(Input):
    """What the owner of the risk should know when they decide."""

    note: Prose | None = Field(default=None, examples=["The budget was agreed on with finance."])


class TreatmentVerdict(StrEnum):
    """What somebody decides on a proposal."""

    APPROVE = "approve"
    RETURN = "return"


class TreatmentRole(StrEnum):
    """As what somebody decided."""

    OWNER = "owner"
    APPROVER = "approver"


class TreatmentDecision(Input):
    """What is decided, and a note, which a return needs."""

    decision: TreatmentVerdict
    note: Prose | None = Field(default=None, examples=["Go ahead."])


class TreatmentDecisionOut(BaseModel):
    decision: TreatmentVerdict
    role: TreatmentRole
    by: ActedBy
    roles: list[str] = Field(description="The roles of the person then")
    at: datetime
    note: str | None
    round: int
    risk_version: int = Field(description="The version of the risk that was decided on")


class PlannedControlOut(AnswerOut):
    """A control that the treatment implements, as last heard of."""


class ActionCounts(BaseModel):
    """How many actions of a treatment are in each state."""

    open: int = 0
    in_progress: int = 0
    done: int = 0
    verified: int = 0
    dropped: int = 0


class TreatmentOut(BaseModel):
    id: UUID
    risk_id: UUID
    risk_code: str
    title: str
    strategy: Strategy
    rationale: str
    status: TreatmentStatus
    owner: NamedPerson | None
    due_on: date | None
    overdue: bool = Field(description="Whether it is approved, not done, and its due day is over")
    target: TargetRating | None
    controls: list[PlannedControlOut]
    return_id: UUID | None = Field(description="The treatment return that simulates it; null to an auditor")
    currency: str | None
    planned_cost: int = Field(description="Once, in minor units, of all actions that were not dropped")
    planned_yearly_cost: int = Field(description="A year, in minor units, of all actions that were not dropped")
    actual_cost: int = Field(description="What the actions that are done have cost, in minor units")
    action_counts: ActionCounts
    round: int = Field(description="How often it was proposed")
    frozen: FrozenRisk | None = Field(
        description="The state of the risk that is decided on; to an auditor with the controls in the scope"
    )
    level: str | None = Field(description="The risk's level when it was proposed, by which the ladder is read")
    approvers_needed: int = Field(description="How many people approve besides the owner of the risk")
    approver_roles: list[str]
    proposed_by: ActedBy | None
    proposed_at: datetime | None
    decisions: list[TreatmentDecisionOut]
    approved_at: datetime | None
    started_at: datetime | None
    done_by: ActedBy | None
    done_at: datetime | None
    done_note: str | None
    verified_by: ActedBy | None
    verified_at: datetime | None
    verification_note: str | None
    evidence_ids: list[UUID] = Field(description="Evidence of its effect")
    ended_by: ActedBy | None = Field(description="Who closed or cancelled it")
    ended_at: datetime | None
    end_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
