"""What the token of a link is. Pure but for its random bits."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

# Secret scanners of code hosts find leaked tokens by a prefix like this.
PREFIX = "attest_q_"
LONGEST_TOKEN = 130
LONGEST_LINK = timedelta(days=90)
MOST_RESPONDENTS = 50
_SECRET_BYTES = 32
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class LinkToken:
    """The secret of a link, which says whose organisation and which respondent as well."""

    org_id: UUID
    respondent_id: UUID
    secret: bytes

    @classmethod
    def new(cls, org_id: UUID, respondent_id: UUID) -> "LinkToken":
        """One with 256 random bits."""
        return cls(org_id, respondent_id, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> "LinkToken | None":
        """The token that a text is; None when it is none."""
        encoded = text.removeprefix(PREFIX)
        try:
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if encoded == text or len(raw) != 2 * _ID_BYTES + _SECRET_BYTES:
            return None
        return cls(UUID(bytes=raw[:_ID_BYTES]), UUID(bytes=raw[_ID_BYTES : 2 * _ID_BYTES]), raw[2 * _ID_BYTES :])

    def __str__(self) -> str:
        raw = self.org_id.bytes + self.respondent_id.bytes + self.secret
        return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @property
    def digest(self) -> bytes:
        """SHA-256, once: 256 random bits cannot be guessed."""
        return hashlib.sha256(self.secret).digest()

    def opens(self, digest: bytes) -> bool:
        """Whether it is the token of this digest, compared in constant time."""
        return hmac.compare_digest(self.digest, digest)
