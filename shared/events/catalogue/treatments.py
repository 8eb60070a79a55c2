"""What the risk service announces of treatments and their actions."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class TreatmentTold(Event):
    """Every event about a treatment says of which risk, what it does about it, and who answers for it until when."""

    risk_id: UUID
    risk_code: str
    title: str
    strategy: str
    status: str
    owner_id: UUID | None
    due_on: date | None


class TreatmentDrafted(TreatmentTold):
    """Somebody wrote down what is to be done about a risk; the reason is the rationale."""

    name: ClassVar[str] = "risk.treatment.drafted"


class TreatmentRevised(TreatmentTold):
    """A treatment was changed, or another person answers for it."""

    name: ClassVar[str] = "risk.treatment.revised"


class TreatmentProposed(TreatmentTold):
    """A treatment was proposed to the owner of its risk."""

    name: ClassVar[str] = "risk.treatment.proposed"


class TreatmentOwnerApproved(TreatmentTold):
    """The owner of a risk approved a treatment of it."""

    name: ClassVar[str] = "risk.treatment.owner_approved"


class TreatmentAuthorityApproved(TreatmentTold):
    """Somebody whom the authority ladder names approved a treatment."""

    name: ClassVar[str] = "risk.treatment.authority_approved"


class TreatmentApproved(TreatmentTold):
    """A treatment is approved: everybody whom the ladder asks has decided."""

    name: ClassVar[str] = "risk.treatment.approved"


class TreatmentReturned(TreatmentTold):
    """The owner or an approver returned a proposal; it is a draft again."""

    name: ClassVar[str] = "risk.treatment.returned"


class TreatmentStarted(TreatmentTold):
    """A treatment is carried out."""

    name: ClassVar[str] = "risk.treatment.started"


class TreatmentDone(TreatmentTold):
    """All actions of a treatment are done or dropped; the controls that it planned answer the risk."""

    name: ClassVar[str] = "risk.treatment.done"


class TreatmentVerified(TreatmentTold):
    """Another person found that a treatment has its effect."""

    name: ClassVar[str] = "risk.treatment.verified"


class TreatmentReworked(TreatmentTold):
    """Another person found that a treatment has not its effect; it is in progress again."""

    name: ClassVar[str] = "risk.treatment.reworked"


class TreatmentClosed(TreatmentTold):
    """A verified treatment was closed."""

    name: ClassVar[str] = "risk.treatment.closed"


class TreatmentCancelled(TreatmentTold):
    """A treatment was cancelled."""

    name: ClassVar[str] = "risk.treatment.cancelled"


class TreatmentRescheduled(TreatmentTold):
    """A treatment is due on another day."""

    name: ClassVar[str] = "risk.treatment.rescheduled"


class TreatmentDueSoon(TreatmentTold):
    """A treatment that is not done is due in so many days."""

    name: ClassVar[str] = "risk.treatment.due_soon"

    days: int


class TreatmentOverdue(TreatmentTold):
    """A treatment was not done by its due day."""

    name: ClassVar[str] = "risk.treatment.overdue"


class TreatmentActionTold(Event):
    """Every event about an action of a treatment says of which, of which risk, and who does it by when."""

    treatment_id: UUID
    risk_id: UUID
    risk_code: str
    text: str
    status: str
    owner_id: UUID
    due_on: date


class TreatmentActionPlanned(TreatmentActionTold):
    """An action of a treatment was planned."""

    name: ClassVar[str] = "risk.treatment_action.planned"


class TreatmentActionRevised(TreatmentActionTold):
    """An action was changed, or another person does it."""

    name: ClassVar[str] = "risk.treatment_action.revised"


class TreatmentActionStarted(TreatmentActionTold):
    """The owner of an action began with it."""

    name: ClassVar[str] = "risk.treatment_action.started"


class TreatmentActionDone(TreatmentActionTold):
    """The owner of an action says that it is done."""

    name: ClassVar[str] = "risk.treatment_action.done"


class TreatmentActionVerified(TreatmentActionTold):
    """Another person found that an action is done."""

    name: ClassVar[str] = "risk.treatment_action.verified"


class TreatmentActionReturned(TreatmentActionTold):
    """Another person found that an action is not done; it is in progress again."""

    name: ClassVar[str] = "risk.treatment_action.returned"


class TreatmentActionDropped(TreatmentActionTold):
    """An action is not done any more, for a reason."""

    name: ClassVar[str] = "risk.treatment_action.dropped"


class TreatmentActionDueSoon(TreatmentActionTold):
    """An action that is not done is due in so many days."""

    name: ClassVar[str] = "risk.treatment_action.due_soon"

    days: int


class TreatmentActionOverdue(TreatmentActionTold):
    """An action was not done by its due day."""

    name: ClassVar[str] = "risk.treatment_action.overdue"
