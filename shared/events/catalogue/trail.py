"""What every service announces of its own trail: how far it is sealed, and what it has seen of the others'."""

from typing import ClassVar

from pydantic import BaseModel

from shared.events.event import Event


class SeenHead(BaseModel):
    """The last head that a service has witnessed of another's trail. Digests are hexadecimal."""

    service: str
    position: int
    digest: str


class TrailSealed(Event):
    """The trail of an organisation is sealed up to a head, which the other services keep as witnesses."""

    position: int
    digest: str
    seen: list[SeenHead]


class ControlsTrailSealed(TrailSealed):
    """The trail of the controls service is sealed up to here."""

    name: ClassVar[str] = "controls.trail.sealed"


class EvidenceTrailSealed(TrailSealed):
    """The trail of the evidence service is sealed up to here."""

    name: ClassVar[str] = "evidence.trail.sealed"


class RiskTrailSealed(TrailSealed):
    """The trail of the risk service is sealed up to here."""

    name: ClassVar[str] = "risk.trail.sealed"


class AuditTrailSealed(TrailSealed):
    """The trail of the audit service is sealed up to here."""

    name: ClassVar[str] = "audit.trail.sealed"


class GatewayTrailSealed(TrailSealed):
    """The trail of the gateway is sealed up to here."""

    name: ClassVar[str] = "gateway.trail.sealed"


SEALED: dict[str, type[TrailSealed]] = {
    kind.announcer(): kind
    for kind in (ControlsTrailSealed, EvidenceTrailSealed, RiskTrailSealed, AuditTrailSealed, GatewayTrailSealed)
}
