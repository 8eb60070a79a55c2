"""Values at places of a document, as text or as an instant; the events of a delivery, one by one. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.integrations.mapping.rule_terms.models import Path
from services.integrations.receiving.sources.models import SourceKind

LONGEST = 300  # characters of one value
MOST = 1000  # things in one delivery
_CLOUD = "ce-"

Document = Mapping[str, Any]


def document_of(kind: SourceKind, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """A delivery as rules see it: a CloudEvent in binary mode as if it were in structured mode."""
    document: dict[str, Any] = json.loads(body)
    if kind == SourceKind.CLOUDEVENTS and f"{_CLOUD}type" in headers:
        attributes = {name.removeprefix(_CLOUD): text for name, text in headers.items() if name.startswith(_CLOUD)}
        return {**attributes, "data": document}
    return document


def events_in(kind: SourceKind, event: str, document: Document) -> Iterator[tuple[str, Document]]:
    """The events of a delivery with their names: Okta and Graph send several at once, Amazon SNS wraps one."""
    match kind:
        case SourceKind.OKTA:
            yield from ((str(each.get("eventType")), each) for each in listed(document, ("data", "events")))
        case SourceKind.MICROSOFT_GRAPH:
            yield from ((_graph_name(each), each) for each in listed(document, ("value",)))
        case SourceKind.AWS_SNS:
            yield from _in_message(event, document)
        case _:
            yield event, document


def _graph_name(notification: Document) -> str:
    """Such as `users.deleted`, or `lifecycle.missed` of a subscription itself."""
    lifecycle = text(notification.get("lifecycleEvent"))
    resource = (text(notification.get("resource")) or "").lstrip("/").partition("/")[0].partition("(")[0].lower()
    return f"lifecycle.{lifecycle}" if lifecycle else f"{resource}.{text(notification.get('changeType'))}"


def _in_message(event: str, document: Document) -> Iterator[tuple[str, Document]]:
    """The event of Amazon EventBridge that a message of SNS carries; else the message, read if it is JSON."""
    try:
        message = json.loads(str(document.get("Message")))
    except (ValueError, RecursionError):
        message = None
    if isinstance(message, dict) and text(message.get("detail-type")):
        yield str(message["detail-type"]), message
    else:
        yield event, {**document, "Message": message} if isinstance(message, dict) else document


def listed(document: Document, path: Path) -> Sequence[dict[str, Any]]:
    """The objects that are listed at a place, up to a thousand."""
    found = value_at(document, path)
    return [each for each in found[:MOST] if isinstance(each, dict)] if isinstance(found, list) else []


def value_at(document: Any, path: Path) -> Any:
    """What is at this place, None where there is nothing; a number takes that place of a list."""
    for part in path:
        if isinstance(document, list):
            inside = part.isascii() and part.isdecimal() and len(part) < 5 and int(part) < len(document)  # noqa: PLR2004
            document = document[int(part)] if inside else None
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return document


def text_at(document: Document, path: Path) -> str | None:
    """The value at a place as text that fits; None without a place."""
    return text(value_at(document, path)) if path else None


def joined(document: Document, paths: Sequence[Path]) -> str | None:
    """The values at these paths; None when the last of them, which tells things apart, is not there."""
    values = [text_at(document, path) for path in paths]
    return " / ".join(value for value in values if value) if values and values[-1] else None


def text(value: Any) -> str | None:
    """A value as text that fits in one line; None for what is none."""
    if value is None or isinstance(value, (dict, list)):
        return None
    written = str(value).lower() if isinstance(value, bool) else str(value)
    clean = "".join(character for character in written[: 4 * LONGEST] if character.isprintable())
    return clean[:LONGEST] or None


def url(value: Any) -> str | None:
    """An address that a browser may open."""
    return value if isinstance(value, str) and value.startswith("https://") and text(value) == value else None


def instant(value: Any) -> datetime | None:
    """A time as senders write it: RFC 3339, with `UTC` after it, without a zone (UTC then), or in seconds or ms."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1000 if value > 1e11 else value  # noqa: PLR2004 - ms since 1970 are above it since 1973
        return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds < 7e9 else None  # noqa: PLR2004 - the year 2191
    try:
        read = datetime.fromisoformat(str(value).removesuffix(" UTC").strip())
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
