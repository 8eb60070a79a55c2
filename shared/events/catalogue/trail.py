"""What every service announces of its own trail: how far it is sealed, and what it has seen of the others'."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, Field, StringConstraints

from shared.events.event import Event

Position = Annotated[int, Field(ge=1, lt=2**63)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SeenHead(BaseModel):
    """The last head that a service has witnessed of another's trail. Digests are hexadecimal."""

    service: str
    position: Position
    digest: Digest


class TrailSealed(Event):
    """The trail of an organisation is sealed up to a head, which the other services keep as witnesses."""

    position: Position
    digest: Digest
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


class IntegrationsTrailSealed(TrailSealed):
    """The trail of the integrations service is sealed up to here."""

    name: ClassVar[str] = "integrations.trail.sealed"


class GatewayTrailSealed(TrailSealed):
    """The trail of the gateway is sealed up to here."""

    name: ClassVar[str] = "gateway.trail.sealed"


SEALED: dict[str, type[TrailSealed]] = {
    kind.announcer(): kind
    for kind in (
        ControlsTrailSealed,
        EvidenceTrailSealed,
        RiskTrailSealed,
        AuditTrailSealed,
        IntegrationsTrailSealed,
        GatewayTrailSealed,
    )
}
