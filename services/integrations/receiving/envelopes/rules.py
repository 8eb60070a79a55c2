"""What a delivery is called, by which id its sender knows it, and what of it must not be kept. Pure.

Names of headers and members are those of the senders' documentation; headers come in lower case.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from services.integrations.receiving.sources.models import SourceKind as K

Headers = Mapping[str, str]
Document = dict[str, Any]
_LONGEST = 200  # characters of a key or of an event's name
_DEEPEST = 64  # levels of JSON: senders have ten at most

# The headers that say what a delivery is. All others are dropped: they may hold a secret.
_KEPT = frozenset(
    {
        *("content-type", "user-agent", "x-github-event", "x-github-delivery", "x-github-hook-id", "x-gitlab-event"),
        *("x-gitlab-event-uuid", "x-gitlab-webhook-uuid", "x-gitlab-instance", "idempotency-key", "x-event-key"),
        *("x-request-uuid", "x-hook-uuid", "x-attempt-number", "x-request-id", "x-atlassian-webhook-identifier"),
        *("x-atlassian-webhook-retry", "x-atlassian-webhook-flow", "linear-delivery", "linear-event", "x-webhook-id"),
        *("sentry-hook-resource", "sentry-hook-timestamp", "request-id", "circleci-event-type", "x-buildkite-event"),
        *("x-snyk-event", "x-snyk-transport-id", "x-snyk-timestamp", "x-amz-sns-message-type", "webhook-id"),
        *("webhook-timestamp", "ce-id", "ce-source", "ce-type", "ce-specversion", "ce-time", "ce-subject"),
    }
)
# Which header holds the sender's id of a delivery, the same when it is sent again.
_ID_HEADERS: Mapping[K, Sequence[str]] = MappingProxyType(
    {
        K.GITHUB: ("x-github-delivery",),
        K.GITLAB: ("webhook-id", "idempotency-key"),
        K.BITBUCKET_CLOUD: ("x-request-uuid",),
        K.BITBUCKET_DATA_CENTER: ("x-request-id",),
        K.JIRA_CLOUD: ("x-atlassian-webhook-identifier",),
        K.JIRA_DATA_CENTER: ("x-atlassian-webhook-identifier",),
        K.LINEAR: ("linear-delivery",),
        K.PAGERDUTY: ("x-webhook-id",),
        K.SENTRY: ("request-id",),
        K.SNYK: ("x-snyk-transport-id",),
        K.STANDARD_WEBHOOKS: ("webhook-id",),
    }
)
# And where in the body it is, for those that have it there.
_ID_MEMBERS: Mapping[K, str] = MappingProxyType(
    {
        K.AZURE_DEVOPS: "id",
        K.CIRCLECI: "id",
        K.DATADOG: "id",
        K.OKTA: "eventId",
        K.AWS_SNS: "MessageId",
        K.AWS_EVENTBRIDGE: "id",
    }
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The sender's id of a delivery, None when it has none, and its name of the event."""

    key: str | None
    event: str


def kept_headers(headers: Headers) -> dict[str, str]:
    """The headers of a delivery that say what it is."""
    return {name: value[:_LONGEST] for name, value in headers.items() if name in _KEPT}


def parsed(body: bytes) -> Document | None:
    """The body as a JSON object in UTF-8 (RFC 8259); None when it is none, or deeper than any sender's."""
    try:
        document = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and _is_flat(document) else None


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _is_flat(value: Any, level: int = 0) -> bool:
    if level > _DEEPEST:
        return False
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_is_flat(each, level + 1) for each in inside)


def at(document: Any, *path: str) -> Any:
    """What is at this place of a document, None where there is nothing."""
    for part in path:
        document = document.get(part) if isinstance(document, dict) else None
    return document


def envelope(kind: K, headers: Headers, document: Document) -> Envelope:
    """What a delivery says of itself."""
    return Envelope(_short(_key(kind, headers, document)), _short(_event(kind, headers, document)) or "unnamed")


def _key(kind: K, headers: Headers, document: Document) -> Any:
    for name in _ID_HEADERS.get(kind, ()):
        if headers.get(name):
            return headers[name]
    if kind in _ID_MEMBERS:
        return document.get(_ID_MEMBERS[kind])
    match kind:
        case K.SERVICENOW if document.get("sys_id"):
            return f"{document['sys_id']}:{document.get('sys_mod_count')}"
        case K.CLOUDEVENTS:
            source, key = _cloud(headers, document, "source"), _cloud(headers, document, "id")
            return f"{source} {key}" if source and key else None
        case _:
            return None


def _event(kind: K, headers: Headers, document: Document) -> Any:
    return _EVENTS[kind](headers, document)


def _cloud(headers: Headers, document: Document, name: str) -> Any:
    """An attribute of a CloudEvent, in binary mode (a header) or in structured mode (a member)."""
    return headers.get(f"ce-{name}") or document.get(name)


def _joined(*parts: Any) -> str:
    return ".".join(str(part) for part in parts if part)


def _short(value: Any) -> str | None:
    """As text that fits; what is too long or has control characters in it is none."""
    text = "" if value is None else str(value)
    return text if text and len(text) <= _LONGEST and text.isprintable() else None


def without_secrets(kind: K, document: Document) -> bool:
    """Take out of a document, in place, what its sender proves itself with or found out; whether there was any."""
    holders: list[tuple[Any, str]] = []
    match kind:
        case K.GITHUB:
            holders = [(document.get("alert"), "secret")]
        case K.MICROSOFT_GRAPH:
            listed = document.get("value")
            holders = [(item, "clientState") for item in (listed if isinstance(listed, list) else ())]
            holders.append((document, "validationTokens"))
        case K.AWS_SNS:
            holders = [(document, "Token"), (document, "SubscribeURL"), (document, "UnsubscribeURL")]
    found = [(holder, name) for holder, name in holders if isinstance(holder, dict) and name in holder]
    for holder, name in found:
        del holder[name]
    return bool(found)


# How each kind names its events.
_EVENTS: Mapping[K, Callable[[Headers, Document], Any]] = MappingProxyType(
    {
        K.GITHUB: lambda headers, document: _joined(headers.get("x-github-event"), document.get("action")),
        K.GITLAB: lambda headers, document: (
            document.get("object_kind") or document.get("event_name") or headers.get("x-gitlab-event")
        ),
        K.BITBUCKET_CLOUD: lambda headers, _: headers.get("x-event-key"),
        K.BITBUCKET_DATA_CENTER: lambda headers, _: headers.get("x-event-key"),
        K.AZURE_DEVOPS: lambda _, document: document.get("eventType"),
        K.JIRA_CLOUD: lambda _, document: document.get("webhookEvent"),
        K.JIRA_DATA_CENTER: lambda _, document: document.get("webhookEvent"),
        K.SERVICENOW: lambda _, document: document.get("event") or "record",
        K.LINEAR: lambda _, document: _joined(document.get("type"), document.get("action")),
        K.PAGERDUTY: lambda _, document: at(document, "event", "event_type"),
        K.SENTRY: lambda headers, document: _joined(headers.get("sentry-hook-resource"), document.get("action")),
        K.CIRCLECI: lambda _, document: document.get("type"),
        K.BUILDKITE: lambda headers, document: headers.get("x-buildkite-event") or document.get("event"),
        K.JENKINS: lambda _, document: _joined("build", str(at(document, "build", "phase")).lower()),
        K.SNYK: lambda headers, _: headers.get("x-snyk-event"),
        K.DATADOG: lambda _, document: document.get("event") or "alert",
        K.OKTA: lambda *_: "events",
        K.MICROSOFT_GRAPH: lambda *_: "notifications",
        K.AWS_SNS: lambda _, document: document.get("Type"),
        K.AWS_EVENTBRIDGE: lambda _, document: document.get("detail-type"),
        K.STANDARD_WEBHOOKS: lambda _, document: document.get("type"),
        K.CLOUDEVENTS: lambda headers, document: _cloud(headers, document, "type"),
    }
)
