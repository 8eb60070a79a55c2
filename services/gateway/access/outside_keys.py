"""The keys of trusted issuers, fetched when needed and kept for some minutes."""

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from joserfc.jwk import KeySet

from services.gateway.access.issuers.models import Issuer
from services.gateway.access.issuers.rules import Vouched, parsed_keys, signature_keys, vouched
from shared.outbound.addresses import Reach
from shared.outbound.client import Answer, send
from shared.outbound.failures import OutboundFailed
from shared.problems import Unavailable

_FRESH_SECONDS = 300.0
_LONGEST_SECONDS = 3600.0  # an issuer that cannot be reached is believed by its last known keys no longer than this
_PAUSE_SECONDS = 10.0  # anyone can name an unknown key; that must not become a flood against the issuer
_MOST_ADDRESSES = 1000
_GRACE_SECONDS = 0.25
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


@dataclass(frozen=True, slots=True)
class Vouching:
    """The trusts whose keys verify a token, with what it says; whether keys of others could not be fetched."""

    vouched: Sequence[tuple[Issuer, Vouched]]
    unreachable: bool


class OutsideKeys:
    """A cache by the address of the keys, never by what the issuer calls itself: organisations do not vouch for others.

    Organisations that trust the same issuer mostly name the same address, which is fetched once for all of them.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._known: dict[str, _Known] = {}
        self._checking: set[asyncio.Task[list[tuple[Issuer, Vouched]]]] = set()

    async def vouch(self, trusts: Sequence[Issuer], assertion: str, key_id: str | None, *, as_of: datetime) -> Vouching:
        """Verify a token by the keys of each trust.

        As soon as one verifies, the keys of others are waited for a moment only: an organisation that names a slow
        address for an issuer must not slow down the members of those that trust it as well.
        """
        sources: dict[str, list[Issuer]] = defaultdict(list)
        for trust in trusts:
            sources[trust.jwks_uri or json.dumps(trust.jwks)].append(trust)
        if not sources:
            return Vouching([], unreachable=False)
        tasks = [asyncio.create_task(self._check(alike, assertion, key_id, as_of)) for alike in sources.values()]
        self._checking.update(tasks)
        for task in tasks:
            task.add_done_callback(self._checking.discard)
        done, waiting = await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
        if waiting and not any(_verified(task) for task in done):
            await asyncio.wait(waiting)
        done = {task for task in tasks if task.done()}
        unreachable = any(isinstance(task.exception(), Unavailable) for task in done)
        return Vouching([one for task in tasks if task in done for one in _verified(task)], unreachable)

    async def _check(
        self, alike: Sequence[Issuer], assertion: str, key_id: str | None, as_of: datetime
    ) -> list[tuple[Issuer, Vouched]]:
        """Those of some trusts with the same keys that vouch for a token; verified once for each audience."""
        keys = await self._keys(alike[0], key_id)
        said: dict[str, Vouched | None] = {}
        for trust in alike:
            if trust.audience not in said:
                try:
                    said[trust.audience] = vouched(
                        assertion, keys, issuer=trust.issuer, audience=trust.audience, as_of=as_of
                    )
                except ValueError:
                    said[trust.audience] = None
        return [(trust, person) for trust in alike if (person := said[trust.audience])]

    async def _keys(self, issuer: Issuer, key_id: str | None) -> KeySet:
        """The issuer's keys; `Unavailable` when there have been none within the hour."""
        if issuer.jwks_uri is None:
            return signature_keys((issuer.jwks or {}).get("keys", []))
        if len(self._known) >= _MOST_ADDRESSES:
            self._known.clear()
        known = self._known.setdefault(issuer.jwks_uri, _Known())
        async with known.lock:
            if not known.serves(key_id) and time.monotonic() - known.tried > _PAUSE_SECONDS:
                await self._fetch(issuer.jwks_uri, known)
        if time.monotonic() - known.fetched > _LONGEST_SECONDS:
            raise Unavailable("The issuer's keys cannot be fetched.")
        return known.keys

    async def _fetch(self, address: str, known: _Known) -> None:
        known.tried = time.monotonic()
        try:
            answer = await send("GET", address, reach=self._reach)
            known.keys = _published(answer)
            known.fetched = time.monotonic()
        except (OutboundFailed, ValueError) as error:
            _log.warning("the keys at %s could not be fetched: %s", address, error)


def _published(answer: Answer) -> KeySet:
    if answer.status != HTTPStatus.OK:
        raise ValueError(f"it answered {answer.status}")
    return parsed_keys(answer.body)


def _verified(task: "asyncio.Task[list[tuple[Issuer, Vouched]]]") -> list[tuple[Issuer, Vouched]]:
    """What a finished check found; nothing where the keys could not be fetched."""
    error = task.exception()
    if error is not None and not isinstance(error, Unavailable):
        raise error
    return [] if error else task.result()
