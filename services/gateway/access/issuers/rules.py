"""What an outside token must be to be believed, and which keys can vouch for one."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

# Signatures only: a shared secret (HS…) would let anyone who may verify also sign, and `none` anyone at all.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
_KINDS: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_LEAST_RSA_BITS = 2048
_MOST_KEYS = 100
_LEEWAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an outside token says of itself before anything is verified: enough to find out who could vouch."""

    issuer: str
    audiences: frozenset[str]
    key_id: str | None


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a verified outside token says. `email` only where the issuer has verified it."""

    subject: str
    email: str | None
    expires: float


def claimed(assertion: str) -> Claimed:
    """Read a token without believing it; ValueError when it is none that could be believed."""
    try:
        token = jws.extract_compact(assertion.encode())
        header, claims = token.headers(), json.loads(token.payload)
        audiences = claims["aud"]
        if header.get("alg") not in ALGORITHMS:
            raise ValueError("another algorithm than a signature's")
        named = frozenset([audiences] if isinstance(audiences, str) else map(str, audiences))
        key_id = header.get("kid")
        return Claimed(_text(claims["iss"]), named, None if key_id is None else _text(key_id))
    except (JoseError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a JWT with issuer and audience") from error


def vouched(assertion: str, keys: KeySet, *, issuer: str, audience: str, as_of: datetime) -> Vouched:
    """Verify a token against its issuer's keys; ValueError when it does not hold (RFC 7523, 3)."""
    registry = jwt.JWTClaimsRegistry(
        now=int(as_of.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        sub={"essential": True},
        exp={"essential": True},
    )
    try:
        claims = jwt.decode(assertion, keys, algorithms=ALGORITHMS).claims
        registry.validate(claims)
        email = claims.get("email") if claims.get("email_verified") is True else None
        if not math.isfinite(claims["exp"]):
            raise ValueError("an expiry that is no instant")
        return Vouched(_text(claims["sub"]), email and _text(email).lower(), float(claims["exp"]))
    except (JoseError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("not a token that the issuer's keys vouch for") from error


def signature_keys(keys: Iterable[Mapping[str, Any]]) -> KeySet:
    """The keys that can verify a signature; others (for encryption, of unknown kinds, too short) are passed over."""
    usable = []
    for given in list(keys)[:_MOST_KEYS]:
        if given.get("use", "sig") != "sig" or given.get("kty") not in _KINDS:
            continue
        public = {name: value for name, value in given.items() if name not in _PRIVATE}
        try:
            key = _KINDS[given["kty"]].import_key(public)
            if isinstance(key, RSAKey) and key.raw_value.key_size < _LEAST_RSA_BITS:
                continue
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        usable.append(key)
    return KeySet(usable)


def parsed_keys(body: bytes) -> KeySet:
    """The keys of a fetched JWK Set (RFC 7517, 5); ValueError when it is none or has none that is usable."""
    try:
        keys = signature_keys(json.loads(body)["keys"])
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a JWK Set") from error
    if not keys.keys:
        raise ValueError("a JWK Set without a usable key")
    return keys


def web_address(value: str) -> str:
    """An https or http address with a host and no credentials, query or fragment; ValueError names what is wrong."""
    parts = urlsplit(value)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("not an https address")
    if "@" in parts.netloc or parts.fragment or parts.query:
        raise ValueError("credentials, query and fragment have no place here")
    _ = parts.port  # raises ValueError when it is no port
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\x00" in value:
        raise TypeError("not a text")
    value.encode()  # raises ValueError for half a surrogate pair, which JSON can carry and PostgreSQL cannot
    return value
