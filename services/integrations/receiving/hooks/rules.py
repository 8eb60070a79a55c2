"""Who sent a delivery: six schemes, each on the raw bytes, in constant time and with every live secret. Pure.

The senders' headers and forms are those of their documentation; where the time of sending is signed, it may be off by
minutes only. Elsewhere a captured request stays valid, and what keeps it from having an effect again is that its key
and its body are known.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.integrations.receiving.sources.models import SourceKind as K
from services.integrations.receiving.sources.models import VerificationScheme as S
from services.integrations.receiving.sources.rules import standard_key

_MOST_SIGNATURES = 10
_OFF = 300.0  # seconds that a signed time may be off (Standard Webhooks, Buildkite)
_OFF_LINEAR = 60.0  # as Linear's own SDK has it
# Where the hexadecimal HMAC-SHA256 of the raw body is, and what stands before it.
_SIGNATURES: Mapping[K, tuple[str, str]] = MappingProxyType(
    {
        K.GITHUB: ("x-hub-signature-256", "sha256="),
        K.BITBUCKET_CLOUD: ("x-hub-signature", "sha256="),
        K.BITBUCKET_DATA_CENTER: ("x-hub-signature", "sha256="),
        K.JIRA_CLOUD: ("x-hub-signature", "sha256="),
        K.JIRA_DATA_CENTER: ("x-hub-signature", "sha256="),
        K.SNYK: ("x-hub-signature", "sha256="),
        K.LINEAR: ("linear-signature", ""),
        K.SENTRY: ("sentry-hook-signature", ""),
        K.PAGERDUTY: ("x-pagerduty-signature", "v1="),
        K.CIRCLECI: ("circleci-signature", "v1="),
    }
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came: headers by lower-case name, and the raw body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Expected:
    """How a source proves itself."""

    kind: K
    scheme: S
    header: str | None


def proven_by(expected: Expected, sent: Sent, secrets: Sequence[str], *, at: datetime) -> int | None:
    """Which of the live secrets a delivery was sent with, by its place; None when with none of them.

    Every secret is tried, whichever fits, so that the time says nothing.
    """
    hits = [place for place, secret in enumerate(secrets) if _SCHEMES[expected.scheme](expected, sent, secret, at)]
    return hits[0] if hits else None


def _body_signature(expected: Expected, sent: Sent, secret: str, at: datetime) -> bool:
    name, prefix = _SIGNATURES[expected.kind]
    digest = hmac.digest(secret.encode(), sent.body, "sha256").hex()
    given = [each.strip() for each in sent.headers.get(name, "").split(",")[:_MOST_SIGNATURES]]
    hits = [_same(each.removeprefix(prefix), digest) for each in given if each.startswith(prefix)]
    return any(hits) and (expected.kind != K.LINEAR or _is_recent(_linear_time(sent.body), at, _OFF_LINEAR))


def _linear_time(body: bytes) -> float | None:
    """The time of sending, in seconds, which Linear signs with the body; its header is not signed."""
    try:
        return float(json.loads(body)["webhookTimestamp"]) / 1000
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _timed_signature(_expected: Expected, sent: Sent, secret: str, at: datetime) -> bool:
    said = sent.headers.get("x-buildkite-signature", "")
    parts = dict(each.strip().partition("=")[::2] for each in said.split(",")[:_MOST_SIGNATURES])
    time, signature = parts.get("timestamp", ""), parts.get("signature", "")
    digest = hmac.digest(secret.encode(), f"{time}.".encode() + sent.body, "sha256").hex()
    return _same(signature, digest) and _is_recent(_seconds(time), at, _OFF)


def _standard_webhooks(_expected: Expected, sent: Sent, secret: str, at: datetime) -> bool:
    key, time = sent.headers.get("webhook-id", ""), sent.headers.get("webhook-timestamp", "")
    known = standard_key(secret)
    if known is None or not key or not _is_recent(_seconds(time), at, _OFF):
        return False
    public, material = known
    signed = f"{key}.{time}.".encode() + sent.body
    given = sent.headers.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]
    signatures = [each.partition(",")[2] for each in given if each.partition(",")[0] == ("v1a" if public else "v1")]
    if public:
        return any([_is_ed25519(material, each, signed) for each in signatures])  # noqa: C419 - each is tried
    digest = base64.b64encode(hmac.digest(material, signed, "sha256")).decode()
    return any([_same(each, digest) for each in signatures])  # noqa: C419 - each is tried


def _is_ed25519(material: bytes, signature: str, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(material).verify(base64.b64decode(signature, validate=True), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _header_secret(expected: Expected, sent: Sent, secret: str, _at: datetime) -> bool:
    """The secret itself, as a bearer token, or as the password of any user (RFC 7617)."""
    value = sent.headers.get((expected.header or "").lower(), "")
    scheme, _, rest = value.partition(" ")
    password = ""
    if scheme.lower() == "basic":
        try:
            password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            password = ""
    bearer = rest.strip() if scheme.lower() == "bearer" else ""
    hits = [_same(given, secret) for given in (value, bearer, password)]
    return any(hits)


def _body_secret(_expected: Expected, sent: Sent, secret: str, _at: datetime) -> bool:
    """`clientState` of every notification: one request may mix subscriptions, and all must be ours."""
    try:
        listed = json.loads(sent.body)["value"]
        states = [str(item["clientState"]) for item in listed]
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    return bool(states) and all([_same(state, secret) for state in states])  # noqa: C419 - each is tried


def _no_shared_secret(_expected: Expected, _sent: Sent, _secret: str, _at: datetime) -> bool:
    """Amazon SNS signs with a certificate of its own; see `is_signed_by`."""
    return False


_SCHEMES: Mapping[S, Callable[[Expected, Sent, str, datetime], bool]] = MappingProxyType(
    {
        S.BODY_SIGNATURE: _body_signature,
        S.TIMED_SIGNATURE: _timed_signature,
        S.STANDARD_WEBHOOKS: _standard_webhooks,
        S.HEADER_SECRET: _header_secret,
        S.BODY_SECRET: _body_secret,
        S.SNS_CERTIFICATE: _no_shared_secret,
    }
)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogateescape"), expected.encode())


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None  # noqa: PLR2004 - year 33658


def _is_recent(time: float | None, at: datetime, off: float) -> bool:
    return time is not None and abs(at.timestamp() - time) <= off


def sha256_of(body: bytes) -> str:
    """By which a body is known again, hexadecimal."""
    return hashlib.sha256(body).hexdigest()
