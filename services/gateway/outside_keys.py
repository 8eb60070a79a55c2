"""The keys of trusted issuers, fetched when needed and kept for some minutes."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from uuid import UUID

from joserfc.jwk import KeySet

from services.gateway.access.issuers.models import Issuer
from services.gateway.access.issuers.rules import parsed_keys, signature_keys
from services.gateway.outbound import OutboundRefused, fetch
from services.gateway.settings import Network
from shared.problems import Unavailable

_FRESH_SECONDS = 300.0
_LONGEST_SECONDS = 3600.0  # an issuer that cannot be reached is believed by its last known keys no longer than this
_PAUSE_SECONDS = 10.0  # anyone can name an unknown key; that must not become a flood against the issuer
_MOST_ISSUERS = 1000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Known:
    """What is known of one issuer's keys; times are of the monotonic clock."""

    keys: KeySet = field(default_factory=lambda: KeySet([]))
    fetched: float = float("-inf")
    tried: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def serves(self, key_id: str | None) -> bool:
        """Whether nothing has to be fetched for a token signed with this key."""
        names = {key.kid for key in self.keys.keys}
        return time.monotonic() - self.fetched < _FRESH_SECONDS and (key_id is None or key_id in names)


class OutsideKeys:
    """A cache by the row of trust, never by what the issuer calls itself: organisations do not vouch for others."""

    def __init__(self, allow: tuple[Network, ...]) -> None:
        self._allow = allow
        self._known: dict[UUID, _Known] = {}

    async def of(self, issuer: Issuer, key_id: str | None) -> KeySet:
        """The issuer's keys; `Unavailable` when there have been none within the hour."""
        if issuer.jwks_uri is None:
            return signature_keys((issuer.jwks or {}).get("keys", []))
        if len(self._known) >= _MOST_ISSUERS:
            self._known.clear()
        known = self._known.setdefault(issuer.id, _Known())
        async with known.lock:
            if not known.serves(key_id) and time.monotonic() - known.tried > _PAUSE_SECONDS:
                await self._fetch(issuer.jwks_uri, known)
        if time.monotonic() - known.fetched > _LONGEST_SECONDS:
            raise Unavailable("The issuer's keys cannot be fetched.", headers={"Retry-After": str(int(_PAUSE_SECONDS))})
        return known.keys

    async def _fetch(self, address: str, known: _Known) -> None:
        known.tried = time.monotonic()
        try:
            known.keys = parsed_keys(await fetch(address, allow=self._allow))
            known.fetched = time.monotonic()
        except (OutboundRefused, ValueError) as error:
            _log.warning("the keys at %s could not be fetched: %s", address, error)
