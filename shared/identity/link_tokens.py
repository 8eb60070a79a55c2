"""Secrets in addresses, for those who have no token of ours: they say whose organisation and which thing as well.

So the row is found, within its organisation's row-level security, before anything about the caller is known.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import ClassVar, Self
from uuid import UUID

_ID_BYTES = 16


@dataclass(frozen=True)
class LinkToken:
    """A secret with the ids of its organisation and its thing; a subclass names its prefix."""

    PREFIX: ClassVar[str]
    SECRET_BYTES: ClassVar[int] = 32

    org_id: UUID
    thing_id: UUID
    secret: bytes

    @classmethod
    def new(cls, org_id: UUID, thing_id: UUID) -> Self:
        """One with a secret of random bytes."""
        return cls(org_id, thing_id, secrets.token_bytes(cls.SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The token that a text is; None when it is none."""
        encoded = text.removeprefix(cls.PREFIX)
        try:
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if encoded == text or len(raw) != 2 * _ID_BYTES + cls.SECRET_BYTES:
            return None
        return cls(UUID(bytes=raw[:_ID_BYTES]), UUID(bytes=raw[_ID_BYTES : 2 * _ID_BYTES]), raw[2 * _ID_BYTES :])

    def __str__(self) -> str:
        raw = self.org_id.bytes + self.thing_id.bytes + self.secret
        return self.PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @property
    def digest(self) -> bytes:
        """SHA-256, once: so many random bits cannot be guessed."""
        return hashlib.sha256(self.secret).digest()

    def opens(self, digest: bytes) -> bool:
        """Whether it is the token of this digest, compared in constant time."""
        return hmac.compare_digest(self.digest, digest)
