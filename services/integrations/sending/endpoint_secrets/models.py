from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.integrations.base import Part
from shared.clock import new_id
from shared.data.base import instant


class SignatureScheme(StrEnum):
    """`v1`: HMAC-SHA256 with a shared secret. `v1a`: Ed25519, whose public key verifies and cannot sign."""

    V1 = "v1"
    V1A = "v1a"


class EndpointSecret(Part, table=True):
    """One of an endpoint's secrets, encrypted; of `v1a` also the public key, as whoever verifies needs it.

    Apart from the endpoint, so that the trail does not show it.
    """

    __tablename__ = "webhook_secrets"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    endpoint_id: UUID
    scheme: str
    public_key: str | None = None
    sealed: bytes
    created_at: datetime = instant()
    expires_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
    updated_at: datetime = instant()

    def is_live(self, as_of: datetime) -> bool:
        """Whether deliveries are signed with it: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > as_of)
