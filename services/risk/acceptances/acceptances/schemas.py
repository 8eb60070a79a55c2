from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.risk.acceptances.acceptances.models import AcceptanceStatus, StaleCode
from services.risk.register.risks.schemas import RatingOut
from shared.events.catalogue.controls import HealthState
from shared.events.catalogue.risk import RiskStanding
from shared.http.fields import ActedBy, Input, Instant, NamedPerson, Prose, once_each

CompensatingControls = Annotated[
    list[UUID],
    Field(
        max_length=20,
        description="Controls of the risk that compensate for it while it is retained; the ladder may ask for one",
        examples=[[]],
    ),
    AfterValidator(once_each),
]


class AcceptanceDraft(Input):
    """Why a risk is to be retained, until when, and what compensates for it."""

    risk_id: UUID
    rationale: Prose = Field(examples=["A replacement of the system is planned for next spring."])
    expires_at: Instant = Field(description="At the latest after the ladder's term for the risk's level")
    compensating_control_ids: CompensatingControls = Field(default=[])


class AcceptanceConfirmation(Input):
    """Why a stale acceptance is still right, and until when; its term stays when `expires_at` is left out."""

    rationale: Prose = Field(examples=["The failure of the control is known, and repaired within the month."])
    expires_at: Instant | None = None


class AcceptanceRevocation(Input):
    """Why the risk is retained no longer."""

    reason: Prose = Field(examples=["The supplier will not be replaced after all."])


class AcceptanceVerdict(StrEnum):
    """What somebody decides on a proposal."""

    ACCEPT = "accept"
    DECLINE = "decline"


class AcceptanceDecision(Input):
    """What is decided, and a note, which a refusal needs."""

    decision: AcceptanceVerdict
    note: Prose | None = Field(default=None, examples=["Within what I may accept."])


class AcceptanceRole(StrEnum):
    """As what somebody decided."""

    OWNER = "owner"
    APPROVER = "approver"


class AcceptanceDecisionOut(BaseModel):
    decision: AcceptanceVerdict
    role: AcceptanceRole
    by: ActedBy
    roles: list[str] = Field(description="The roles of the person then")
    at: datetime
    note: str | None
    round: int
    risk_version: int = Field(description="The version of the risk that was decided on")


class FrozenControl(BaseModel):
    """A control of the risk as it was."""

    id: UUID
    code: str | None
    health: HealthState | None
    retired: bool


class FrozenRisk(BaseModel):
    """The risk as it was when the acceptance was proposed."""

    risk_version: int
    inherent: RatingOut
    current: RatingOut
    level_rank: int
    standing: RiskStanding
    method_number: int
    owner_id: UUID
    controls: list[FrozenControl]
    live_treatments: list[UUID]


class StaleReason(BaseModel):
    code: StaleCode
    text: str


class AcceptanceOut(BaseModel):
    id: UUID
    risk_id: UUID
    risk_code: str
    status: AcceptanceStatus
    round: int = Field(description="1, and one more for each time it was proposed again after it was stale")
    rationale: str
    compensating_control_ids: list[UUID] = Field(description="To an auditor those in the scope")
    frozen: FrozenRisk = Field(
        description="The state of the risk that is decided on; to an auditor with the controls in the scope"
    )
    owner: NamedPerson
    level: str = Field(description="The risk's level then")
    approvers_needed: int = Field(
        description="How many people approve besides the owner; 0: the owner alone may accept"
    )
    approver_roles: list[str]
    proposed_by: ActedBy
    proposed_at: datetime
    decisions: list[AcceptanceDecisionOut]
    expires_at: datetime
    in_force_at: datetime | None
    stale_at: datetime | None
    stale_reasons: list[StaleReason] = Field(
        description="To an auditor without failing controls where a control of the risk is outside the scope"
    )
    ended_at: datetime | None
    end_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
