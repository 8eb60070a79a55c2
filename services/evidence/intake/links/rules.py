"""The token in a link: whose link it is and until when, under a MAC of this installation's key. Pure."""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_PURPOSE = b"attest file link 1:"
_IDS = 32
_EXPIRY = 8
_MAC = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token stands for."""

    org_id: UUID
    link_id: UUID
    expires_at: datetime  # in whole seconds


def sign(ticket: Ticket, key: bytes) -> str:
    """The token of a link, which nobody without the key can make or change."""
    said = ticket.org_id.bytes + ticket.link_id.bytes + int(ticket.expires_at.timestamp()).to_bytes(_EXPIRY, "big")
    return base64.urlsafe_b64encode(said + _mac(said, key)).decode().rstrip("=")


def opened(token: str, key: bytes) -> Ticket | None:
    """What a token stands for, None when it was not made with this key; compared in constant time."""
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    said, mac = content[:-_MAC], content[-_MAC:]
    if len(said) != _IDS + _EXPIRY or not hmac.compare_digest(mac, _mac(said, key)):
        return None
    expires_at = datetime.fromtimestamp(int.from_bytes(said[_IDS:], "big"), UTC)
    return Ticket(UUID(bytes=said[:16]), UUID(bytes=said[16:_IDS]), expires_at)


def _mac(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + said, "sha256")
