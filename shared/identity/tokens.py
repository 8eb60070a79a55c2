"""Access tokens: each service verifies them itself against the gateway's published keys, so a call costs no hop."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.identity.callers import Caller
from shared.identity.permissions import Permission
from shared.problems import Unauthenticated, Unavailable
from shared.settings import Settings

ALGORITHM = "Ed25519"  # RFC 9864; the older name EdDSA left the curve open
AUDIENCE = "attest"
LONGEST_LIFE = timedelta(minutes=5)  # the longest that a token can work after a withdrawal that nobody hears
_CACHED = 10_000
_PAUSE_SECONDS = 1.0  # anyone can send an unknown key id; that must not become a flood against the gateway
_log = logging.getLogger(__name__)
_KNOWN = {permission.value: permission for permission in Permission}


@dataclass(frozen=True, slots=True)
class _Verified:
    caller: Caller
    expires: float
    key_id: str


class TokenVerifier:
    """Verifies tokens, and remembers each by its hash until it expires or its key is gone."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._url = str(settings.jwks_url)
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": str(settings.issuer).rstrip("/")},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            org={"essential": True},
            sub={"essential": True},
            scope={"essential": True},
            rests_on={"essential": True},
        )
        self._every = settings.jwks_refresh_seconds
        self._http = http
        self._keys: KeySet | None = None
        self._key_ids: frozenset[str] = frozenset()
        self._begun = float("-inf")
        self._verified: dict[bytes, _Verified] = {}
        self._withdrawn: Mapping[UUID, int] | None = None
        self._lock = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether the keys have been fetched and the withdrawals read at least once."""
        return self._keys is not None and self._withdrawn is not None

    def withdraw(self, versions: Mapping[UUID, int]) -> None:
        """Refuse, from now on, the tokens that rest on an earlier version of one of these things, and no others."""
        self._withdrawn = versions

    async def keep_fresh(self) -> None:
        """Fetch the keys over and over, until cancelled: quickly until there are some, then at the set pace."""
        while True:
            await self._fetch_since(time.monotonic())
            await asyncio.sleep(self._every if self._keys is not None else 0.1)

    async def verify(self, token: str) -> Caller:
        """The caller that a token speaks for; `Unauthenticated` names what is wrong with it."""
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is None or known.expires <= time.time() or known.key_id not in self._key_ids:
            known = await self._check(token)
            if len(self._verified) >= _CACHED:
                self._verified.clear()
            self._verified[digest] = known
        self.require_not_withdrawn(known.caller)
        return known.caller

    def require_not_withdrawn(self, caller: Caller) -> None:
        """Refuse a caller whose token rests on something that was taken away or changed since."""
        withdrawn = self._withdrawn
        if withdrawn is None:
            raise Unavailable("The withdrawn tokens are not known yet.", headers={"Retry-After": "1"})
        if withdrawn and any(withdrawn.get(thing, 0) > version for thing, version in caller.rests_on.items()):
            raise token_withdrawn()

    async def _check(self, token: str) -> _Verified:
        try:
            key_id = str(jws.extract_compact(token.encode()).headers().get("kid"))
        except (JoseError, ValueError) as error:
            raise _refused("The access token is not a JWT that Attest has signed.") from error
        if key_id not in self._key_ids:
            await self._fetch_since(time.monotonic())
        if self._keys is None:
            raise Unavailable("The gateway's keys have not been fetched yet.", headers={"Retry-After": "1"})
        if key_id not in self._key_ids:
            raise _refused("The access token is signed with a key that is not, or no longer, published.")
        try:
            claims = jwt.decode(token, self._keys, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
            scope = frozenset(_KNOWN[name] for name in str(claims["scope"]).split() if name in _KNOWN)
            rests_on = {UUID(thing): int(version) for thing, version in claims["rests_on"].items()}
            caller = Caller(
                UUID(claims["org"]),
                str(claims["sub"]),
                scope,
                person=UUID(claims["person"]) if "person" in claims else None,
                person_name=claims.get("person_name"),
                client_name=claims.get("client_name"),
                rests_on=rests_on,
                ends_at=datetime.fromtimestamp(claims["ends_at"], UTC) if "ends_at" in claims else None,
                engagement=UUID(claims["engagement"]) if "engagement" in claims else None,
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _refused(
                "The access token is expired, not for this installation, or its signature is wrong."
            ) from error
        return _Verified(caller, float(claims["exp"]), key_id)

    async def _fetch_since(self, moment: float) -> None:
        """Have the keys fetched by an attempt begun after `moment`: a key that signs at once is never refused.

        Whoever comes meanwhile shares the next attempt, and there is one a second at most.
        """
        async with self._lock:
            if self._begun >= moment:
                return
            if self._keys is not None:
                await asyncio.sleep(self._begun + _PAUSE_SECONDS - time.monotonic())
            self._begun = time.monotonic()
            try:
                answer = await self._http.get(self._url, timeout=5)
                answer.raise_for_status()
                keys = KeySet.import_key_set(answer.json())
            except (httpx.HTTPError, JoseError, ValueError) as error:
                _log.warning("the gateway's keys could not be fetched: %s", type(error).__name__)
                return
            self._keys, self._key_ids = keys, frozenset(str(key.kid) for key in keys.keys)


def token_withdrawn() -> Unauthenticated:
    """The refusal of a token that rests on something that was taken away or changed since."""
    return _refused("The access token has been withdrawn; fetch a new one.")


def _refused(detail: str) -> Unauthenticated:
    return Unauthenticated(detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
