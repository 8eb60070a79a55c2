"""What goes with each kind of source; the address that a source sends to, and the secrets it has. Pure."""

import base64
import binascii
import secrets
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from services.integrations.receiving.sources.models import SourceKind, VerificationScheme
from shared.identity.link_tokens import LinkToken
from shared.problems import Fault

LONGEST_ADDRESS = 100
MOST_LIVE = 5
_STANDARD, _STANDARD_PUBLIC = "whsec_", "whpk_"
_KEY_BYTES = 32
_SHORTEST, _LONGEST = 24, 64  # bytes of a symmetric secret (Standard Webhooks 1.0)

# How each kind can prove itself, the way it is set up by default first.
SCHEMES: Mapping[SourceKind, tuple[VerificationScheme, ...]] = MappingProxyType(
    {
        SourceKind.GITHUB: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.GITLAB: (VerificationScheme.HEADER_SECRET, VerificationScheme.STANDARD_WEBHOOKS),
        SourceKind.BITBUCKET_CLOUD: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.BITBUCKET_DATA_CENTER: (VerificationScheme.BODY_SIGNATURE, VerificationScheme.HEADER_SECRET),
        SourceKind.AZURE_DEVOPS: (VerificationScheme.HEADER_SECRET,),
        SourceKind.JIRA_CLOUD: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.JIRA_DATA_CENTER: (VerificationScheme.BODY_SIGNATURE, VerificationScheme.HEADER_SECRET),
        SourceKind.SERVICENOW: (VerificationScheme.HEADER_SECRET,),
        SourceKind.LINEAR: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.PAGERDUTY: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.SENTRY: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.CIRCLECI: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.BUILDKITE: (VerificationScheme.TIMED_SIGNATURE, VerificationScheme.HEADER_SECRET),
        SourceKind.JENKINS: (VerificationScheme.HEADER_SECRET,),
        SourceKind.SNYK: (VerificationScheme.BODY_SIGNATURE,),
        SourceKind.DATADOG: (VerificationScheme.HEADER_SECRET,),
        SourceKind.OKTA: (VerificationScheme.HEADER_SECRET,),
        SourceKind.MICROSOFT_GRAPH: (VerificationScheme.BODY_SECRET,),
        SourceKind.AWS_SNS: (VerificationScheme.SNS_CERTIFICATE,),
        SourceKind.AWS_EVENTBRIDGE: (VerificationScheme.HEADER_SECRET,),
        SourceKind.STANDARD_WEBHOOKS: (VerificationScheme.STANDARD_WEBHOOKS,),
        SourceKind.CLOUDEVENTS: (VerificationScheme.HEADER_SECRET,),
    }
)
# Where each kind sends its secret; the others let whoever sets them up choose, and `Authorization` if nothing is said.
_HEADERS: Mapping[SourceKind, str] = MappingProxyType(
    {
        SourceKind.GITLAB: "X-Gitlab-Token",
        SourceKind.BUILDKITE: "X-Buildkite-Token",
        SourceKind.CLOUDEVENTS: "Authorization",
    }
)
_BY_DEFAULT = "Authorization"


class Address(LinkToken):
    """What a source's address says: whose source it is, which, and that whoever has it was told.

    Secret scanners of code hosts find leaked addresses by a prefix like this.
    """

    PREFIX = "attest_hook_"
    SECRET_BYTES = 16


def header_of(kind: SourceKind, scheme: VerificationScheme, given: str | None) -> str | None:
    """The header in which a source's secret is expected; None for schemes that have none."""
    if scheme != VerificationScheme.HEADER_SECRET:
        return None
    return given or _HEADERS.get(kind, _BY_DEFAULT)


def needs_secret(scheme: VerificationScheme) -> bool:
    """Whether the sender shares a secret with us; Amazon signs with a key of its own."""
    return scheme != VerificationScheme.SNS_CERTIFICATE


def faults_in(kind: SourceKind, scheme: VerificationScheme, given: Mapping[str, Any]) -> Iterator[Fault]:
    """What a source of this kind and scheme cannot have, or lacks."""
    if scheme not in SCHEMES[kind]:
        can = ", ".join(SCHEMES[kind])
        yield Fault("/scheme", f"a source of kind {kind} proves itself by {can}")
    if given.get("header") and (scheme != VerificationScheme.HEADER_SECRET or kind in _HEADERS):
        yield Fault("/header", f"a source of kind {kind} with the scheme {scheme} sends no secret in a chosen header")
    if kind == SourceKind.AWS_SNS and not given.get("topic_arn"):
        yield Fault("/topic_arn", "required: only messages of this topic are taken")
    if kind != SourceKind.AWS_SNS and given.get("topic_arn"):
        yield Fault("/topic_arn", f"a source of kind {kind} has no topic")
    if kind != SourceKind.CLOUDEVENTS and given.get("origins"):
        yield Fault("/origins", f"a source of kind {kind} has no handshake")


def new_secret(scheme: VerificationScheme) -> str:
    """A secret of 256 random bits, in the form that the scheme has."""
    if scheme == VerificationScheme.STANDARD_WEBHOOKS:
        return _STANDARD + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    return "attest_" + secrets.token_urlsafe(_KEY_BYTES)


def faults_of_secret(scheme: VerificationScheme, secret: str) -> list[Fault]:
    """Why a given secret cannot be one of this scheme."""
    if scheme == VerificationScheme.STANDARD_WEBHOOKS and standard_key(secret) is None:
        symmetric = f"`{_STANDARD}` and {_SHORTEST} to {_LONGEST} bytes in base64"
        return [Fault("/secret", f"neither {symmetric}, nor `{_STANDARD_PUBLIC}` and {_KEY_BYTES}")]
    return []


def standard_key(secret: str) -> tuple[bool, bytes] | None:
    """A secret of Standard Webhooks: whether it is a public key (Ed25519), and its bytes; None when it is neither."""
    public = secret.startswith(_STANDARD_PUBLIC)
    if not public and not secret.startswith(_STANDARD):
        return None
    try:
        key = base64.b64decode(secret.partition("_")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    fits = len(key) == _KEY_BYTES if public else _SHORTEST <= len(key) <= _LONGEST
    return (public, key) if fits else None
