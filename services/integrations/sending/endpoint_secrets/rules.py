"""Signatures of Standard Webhooks 1.0, and the keys that they are made with. Pure but for new keys."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.integrations.sending.endpoint_secrets.models import SignatureScheme

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """What is signed with, of which scheme."""

    scheme: SignatureScheme
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, scheme: SignatureScheme) -> "Key":
        """A key of 256 random bits."""
        return cls(scheme, secrets.token_bytes(_KEY_BYTES))

    @property
    def public(self) -> str | None:
        """The public key of `v1a` as the specification writes it; None for `v1`, which has none."""
        if self.scheme == SignatureScheme.V1:
            return None
        public = Ed25519PrivateKey.from_private_bytes(self.secret).public_key()
        return "whpk_" + base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    @property
    def shown(self) -> str | None:
        """The shared secret of `v1`, to be shown once; None for `v1a`, whose private key never leaves."""
        return "whsec_" + base64.b64encode(self.secret).decode() if self.scheme == SignatureScheme.V1 else None

    def sign(self, content: bytes) -> str:
        """One signature, with its scheme before it."""
        if self.scheme == SignatureScheme.V1:
            digest = hmac.new(self.secret, content, hashlib.sha256).digest()
        else:
            digest = Ed25519PrivateKey.from_private_bytes(self.secret).sign(content)
        return f"{self.scheme},{base64.b64encode(digest).decode()}"


def signed_headers(message_id: str, body: bytes, keys: Sequence[Key], *, at: datetime) -> dict[str, str]:
    """The headers that prove who sends these bytes in this attempt; one signature for each key."""
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(key.sign(content) for key in keys),
    }
