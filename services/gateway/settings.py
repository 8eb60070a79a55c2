"""What only the gateway is told: no other service can sign a token."""

from uuid import UUID

from pydantic import AnyHttpUrl, Field, SecretStr

from shared.identity.tokens import LONGEST_LIFE
from shared.platform import Platform
from shared.settings import Settings
from shared.vault import VaultSettings

_ADDRESS = "Where this service is asked whether it is ready, as the edge knows it"


class GatewaySettings(Settings, VaultSettings):
    """The shared settings, and the gateway's own."""

    operator_client_id: UUID | None = Field(default=None, description="API client of whoever runs the installation")
    operator_secret: SecretStr | None = Field(
        default=None, min_length=32, description="Its secret; random, since it is hashed once and not slowly"
    )
    token_seconds: int = Field(
        default=300,
        ge=10,
        le=LONGEST_LIFE.total_seconds(),
        description="How long an access token is valid, in seconds, unless it is withdrawn before",
    )
    controls_address: AnyHttpUrl = Field(default=AnyHttpUrl("http://controls:8000"), description=_ADDRESS)
    evidence_address: AnyHttpUrl = Field(default=AnyHttpUrl("http://evidence:8000"), description=_ADDRESS)
    risk_address: AnyHttpUrl = Field(default=AnyHttpUrl("http://risk:8000"), description=_ADDRESS)
    audit_address: AnyHttpUrl = Field(default=AnyHttpUrl("http://audit:8000"), description=_ADDRESS)
    integrations_address: AnyHttpUrl = Field(default=AnyHttpUrl("http://integrations:8000"), description=_ADDRESS)
    streams_per_organisation: int = Field(
        default=1000, ge=1, description="Event streams of one organisation that a process keeps open at most"
    )
    streams_per_caller: int = Field(
        default=50, ge=1, description="Event streams of one member or API client that a process keeps open at most"
    )
    trusted_proxies: int = Field(
        default=1, ge=0, le=10, description="Proxies of our own in front: each adds an address to X-Forwarded-For"
    )

    @property
    def service_addresses(self) -> dict[str, AnyHttpUrl]:
        """The other services, by name."""
        return {
            "controls": self.controls_address,
            "evidence": self.evidence_address,
            "risk": self.risk_address,
            "audit": self.audit_address,
            "integrations": self.integrations_address,
        }


def settings_of(platform: Platform) -> GatewaySettings:
    """The settings of the gateway's own process."""
    assert isinstance(platform.settings, GatewaySettings)
    return platform.settings
