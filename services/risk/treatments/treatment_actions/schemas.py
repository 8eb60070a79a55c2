from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.treatments.treatment_actions.models import TreatmentActionStatus
from services.risk.vendors.vendors.schemas import EvidenceIds
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose
from shared.money import MinorUnits


class TreatmentActionDraft(Input):
    """What is done, by whom, by when, and what it costs in the treatment's currency."""

    text: Prose = Field(examples=["Connect the HR system to the sign-in service."])
    owner: PersonRef
    due_on: Day
    cost: MinorUnits = Field(default=0, description="Once, in minor units of the treatment's currency")
    yearly_cost: MinorUnits = Field(default=0, description="Each year, in minor units of the treatment's currency")


class TreatmentActionRevision(Input):
    """What to change; members left out stay as they are."""

    text: Prose | None = None
    owner: PersonRef | None = None
    due_on: Day | None = None
    cost: MinorUnits | None = None
    yearly_cost: MinorUnits | None = None
    reason: Prose | None = Field(
        default=None,
        description="Why; needed with another due day once the treatment is approved",
        examples=["The supplier delivers in March."],
    )


class TreatmentActionCompletion(Input):
    """What was done, what shows it, and what it cost."""

    note: Prose = Field(examples=["Accounts are closed by the HR system since 1 March."])
    evidence_ids: EvidenceIds = Field(default=[])
    actual_cost: MinorUnits | None = None


class TreatmentActionVerdict(StrEnum):
    """What somebody finds of an action that is said to be done."""

    VERIFY = "verify"
    RETURN = "return"


class TreatmentActionVerification(Input):
    """Whether an action is done, and by what that is seen."""

    decision: TreatmentActionVerdict
    note: Prose = Field(examples=["Three leavers of March had no access on the day after."])


class TreatmentActionDropping(Input):
    """Why an action is not done any more."""

    reason: Prose = Field(examples=["The old system was switched off."])


class TreatmentActionOut(BaseModel):
    id: UUID
    treatment_id: UUID
    risk_id: UUID
    risk_code: str
    text: str
    owner: NamedPerson
    due_on: date
    overdue: bool = Field(description="Whether its treatment was approved, and it is not done though its day is over")
    cost: int
    yearly_cost: int
    actual_cost: int | None
    status: TreatmentActionStatus
    started_at: datetime | None
    done_by: ActedBy | None
    done_at: datetime | None
    done_note: str | None
    evidence_ids: list[UUID]
    settled_by: ActedBy | None = Field(description="Who verified or dropped it")
    settled_at: datetime | None
    settled_note: str | None
    version: int
    created_at: datetime
    updated_at: datetime
