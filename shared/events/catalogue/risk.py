"""What the risk service announces."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class RiskStatus(StrEnum):
    """proposed → open, once its owner has agreed → closed → open again."""

    PROPOSED = "proposed"
    OPEN = "open"
    CLOSED = "closed"


class RiskStanding(StrEnum):
    """Where a risk's current level lies: the highest of the limits of its category that it exceeds."""

    WITHIN_APPETITE = "within_appetite"
    ABOVE_APPETITE = "above_appetite"
    ABOVE_TOLERANCE = "above_tolerance"
    ABOVE_CAPACITY = "above_capacity"


class AboutMethod(Event):
    """Every event about a version of the risk method says which."""

    title: str
    number: int


class RiskMethodDrafted(AboutMethod):
    """A version of the risk method was drafted."""

    name: ClassVar[str] = "risk.method.drafted"


class RiskMethodRevised(AboutMethod):
    """A version of the risk method that is not in force was changed; it has to be previewed again."""

    name: ClassVar[str] = "risk.method.revised"


class RiskMethodPreviewed(AboutMethod):
    """It was computed how a version of the risk method would rate the risks."""

    name: ClassVar[str] = "risk.method.previewed"

    risks: int
    moved: int


class RiskMethodPutInForce(AboutMethod):
    """The organisation rates its risks by this version of its method from now on."""

    name: ClassVar[str] = "risk.method.put_in_force"


class RiskMethodReplaced(AboutMethod):
    """Another version of the risk method is in force in the place of this one."""

    name: ClassVar[str] = "risk.method.replaced"


class RiskMethodDiscarded(AboutMethod):
    """A version of the risk method was discarded before it was in force."""

    name: ClassVar[str] = "risk.method.discarded"


class AboutRisk(Event):
    """Every event about a risk says which, its state and owner, and which controls answer it."""

    code: str
    title: str
    status: RiskStatus
    owner_id: UUID
    controls: list[UUID]


class RatedRisk(AboutRisk):
    """What is said of a risk when its rating has changed: the names of its current level and of the limits."""

    current: str
    standing: RiskStanding
    appetite: str
    tolerance: str
    capacity: str


class RiskIdentified(AboutRisk):
    """A risk was written down."""

    name: ClassVar[str] = "risk.risk.identified"


class RiskRevised(AboutRisk):
    """A risk's wording, owner, inherent or target rating, or its controls were changed."""

    name: ClassVar[str] = "risk.risk.revised"


class RiskOwnerAgreed(AboutRisk):
    """The owner of a risk agreed to answer for it; the risk is open."""

    name: ClassVar[str] = "risk.risk.owner_agreed"


class RiskClosed(AboutRisk):
    """A risk was closed: it is avoided, no longer relevant, or part of another one."""

    name: ClassVar[str] = "risk.risk.closed"

    close_reason: str
    merged_into: UUID | None


class RiskReopened(AboutRisk):
    """A closed risk was opened again."""

    name: ClassVar[str] = "risk.risk.reopened"


class RiskTreatmentChanged(AboutRisk):
    """How a risk is treated has changed: by an acceptance, a treatment, or its controls."""

    name: ClassVar[str] = "risk.risk.treatment_changed"

    treatment: str
    before: str


class RiskRated(RatedRisk):
    """A risk was rated for the first time, or its current rating changed; the reason says why."""

    name: ClassVar[str] = "risk.risk.rated"


class RiskExceededAppetite(RatedRisk):
    """A risk's current rating went above the organisation's appetite."""

    name: ClassVar[str] = "risk.risk.exceeded_appetite"


class RiskExceededTolerance(RatedRisk):
    """A risk's current rating went above the organisation's tolerance: it is treated, or accepted with authority."""

    name: ClassVar[str] = "risk.risk.exceeded_tolerance"


class RiskExceededCapacity(RatedRisk):
    """A risk's current rating went above what the organisation can bear: it is escalated, nobody can accept it."""

    name: ClassVar[str] = "risk.risk.exceeded_capacity"


class RiskBackWithinAppetite(RatedRisk):
    """A risk's current rating is within the organisation's appetite again."""

    name: ClassVar[str] = "risk.risk.back_within_appetite"


class AboutOverride(Event):
    """Every event about an override of a computed rating says of which risk, to what, and until when."""

    risk_id: UUID
    risk_code: str
    likelihood: int
    impact: int
    expires_at: datetime


class RiskOverrideProposed(AboutOverride):
    """Somebody proposed to rate a risk otherwise than its controls say."""

    name: ClassVar[str] = "risk.override.proposed"


class RiskOverrideApproved(AboutOverride):
    """The override is in force: another person, with the authority that it needs, approved it."""

    name: ClassVar[str] = "risk.override.approved"


class RiskOverrideDeclined(AboutOverride):
    """The override was declined."""

    name: ClassVar[str] = "risk.override.declined"


class RiskOverrideRevoked(AboutOverride):
    """The override was ended before its time."""

    name: ClassVar[str] = "risk.override.revoked"


class RiskOverrideExpired(AboutOverride):
    """The term of the override is over: the computed rating counts again."""

    name: ClassVar[str] = "risk.override.expired"


class RiskOverrideOvertaken(AboutOverride):
    """What the override rested on changed or worsened: the computed rating counts again."""

    name: ClassVar[str] = "risk.override.overtaken"
