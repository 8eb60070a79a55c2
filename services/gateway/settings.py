"""What only the gateway is told: no other service can sign a token."""

import base64
from uuid import UUID

from pydantic import Field, SecretStr, field_validator

from shared.identity.tokens import LONGEST_LIFE
from shared.platform import Platform
from shared.settings import Settings

_KEY_BYTES = 32


class GatewaySettings(Settings):
    """The shared settings, and the gateway's own."""

    key_encryption_key: SecretStr = Field(description="32 random bytes, base64url: encrypts the private signing keys")
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
    trusted_proxies: int = Field(
        default=1, ge=0, le=10, description="Proxies of our own in front: each adds an address to X-Forwarded-For"
    )

    @field_validator("key_encryption_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if len(base64.urlsafe_b64decode(value.get_secret_value())) != _KEY_BYTES:
            raise ValueError(f"not {_KEY_BYTES} bytes")
        return value


def settings_of(platform: Platform) -> GatewaySettings:
    """The settings of the gateway's own process."""
    assert isinstance(platform.settings, GatewaySettings)
    return platform.settings
