"""What the risk service announces of acceptances of risks."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutAcceptance(Event):
    """Every event about an acceptance says of which risk, at which level, whose, and until when."""

    risk_id: UUID
    risk_code: str
    status: str
    level: str
    owner_id: UUID
    expires_at: datetime


class AcceptanceProposed(AboutAcceptance):
    """Somebody proposed to retain a risk; the reason is the rationale."""

    name: ClassVar[str] = "risk.acceptance.proposed"


class AcceptanceReproposed(AboutAcceptance):
    """A stale acceptance was proposed again, for the risk as it is now."""

    name: ClassVar[str] = "risk.acceptance.reproposed"


class AcceptanceOwnerAccepted(AboutAcceptance):
    """The owner of a risk accepted it."""

    name: ClassVar[str] = "risk.acceptance.owner_accepted"


class AcceptanceApproved(AboutAcceptance):
    """Somebody whom the authority ladder names approved an acceptance."""

    name: ClassVar[str] = "risk.acceptance.approved"


class AcceptanceGranted(AboutAcceptance):
    """An acceptance is in force: everybody whom the ladder asks has decided."""

    name: ClassVar[str] = "risk.acceptance.granted"


class AcceptanceDeclined(AboutAcceptance):
    """The owner or an approver declined an acceptance."""

    name: ClassVar[str] = "risk.acceptance.declined"


class AcceptanceStale(AboutAcceptance):
    """A fact worsened on which an acceptance rests: it has to be confirmed by the same ladder, or is revoked."""

    name: ClassVar[str] = "risk.acceptance.stale"

    codes: list[str]


class AcceptanceExpiring(AboutAcceptance):
    """An acceptance ends in so many days."""

    name: ClassVar[str] = "risk.acceptance.expiring"

    days: int


class AcceptanceExpired(AboutAcceptance):
    """The term of an acceptance is over."""

    name: ClassVar[str] = "risk.acceptance.expired"


class AcceptanceRevoked(AboutAcceptance):
    """An acceptance, or a proposal of one, was ended before its time."""

    name: ClassVar[str] = "risk.acceptance.revoked"


class AcceptanceSuperseded(AboutAcceptance):
    """Another acceptance of the same risk is in force in the place of this one."""

    name: ClassVar[str] = "risk.acceptance.superseded"
