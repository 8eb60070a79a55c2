from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.oversight.vendor_conditions.models import ConditionStatus
from services.risk.vendors.vendors.schemas import EvidenceIds
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose


class ConditionDraft(Input):
    """What is asked, of whom on our side, and by when."""

    text: Prose = Field(examples=["Multi-factor authentication for all of their support staff."])
    owner: PersonRef
    due_on: Day


class ConditionMove(Input):
    """Another due day, and why."""

    due_on: Day
    reason: Prose = Field(examples=["Their rollout ends in March."])


class ConditionMet(Input):
    """That a condition is met, and what shows it."""

    note: Prose = Field(examples=["Their configuration was shown to us on 2 March."])
    evidence_ids: EvidenceIds = Field(default=[])


class ConditionWithdrawal(Input):
    """Why a condition is not asked for any more."""

    reason: Prose = Field(examples=["We no longer use their support."])


class VendorConditionOut(BaseModel):
    id: UUID
    vendor_id: UUID
    vendor_name: str
    review_id: UUID
    text: str
    owner: NamedPerson
    due_on: date
    status: ConditionStatus
    overdue: bool
    settled_by: ActedBy | None
    settled_at: datetime | None
    settled_note: str | None
    evidence_ids: list[UUID]
    version: int
    created_at: datetime
    updated_at: datetime
