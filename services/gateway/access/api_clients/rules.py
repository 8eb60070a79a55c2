"""What a client secret is, and when it is live."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from services.gateway.access.api_clients.models import ClientSecret

# Secret scanners of code hosts find leaked secrets by a prefix like this.
PREFIX = "attest_"
MOST_LIVE = 5
_COARSE = timedelta(hours=1)
_NOBODYS = bytes(32)


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """SHA-256, once: 256 random bits cannot be guessed, so a slow password hash would cost and protect nothing."""
    return hashlib.sha256(secret.encode()).digest()


def is_live(secret: ClientSecret, as_of: datetime) -> bool:
    """Whether a secret works: neither revoked nor expired."""
    return secret.revoked_at is None and (secret.expires_at is None or secret.expires_at > as_of)


def matching(presented: str, known: Iterable[ClientSecret], as_of: datetime) -> ClientSecret | None:
    """The live secret that was presented. Compared in constant time, and against one at least."""
    digest = digest_of(presented)
    hmac.compare_digest(digest, _NOBODYS)
    hits = [secret for secret in known if hmac.compare_digest(digest, secret.digest) and is_live(secret, as_of)]
    return hits[0] if hits else None


def is_use_to_record(secret: ClientSecret, as_of: datetime) -> bool:
    """Whether this use is worth a write: a busy client would otherwise write with every token."""
    return secret.last_used_at is None or as_of - secret.last_used_at > _COARSE
