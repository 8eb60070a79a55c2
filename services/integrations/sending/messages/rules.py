"""What of an event is told outside, and which endpoints want it. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from shared.events.event import CATALOGUE, Event, Heard
from shared.events.readers import readers_of

# Words of ours or of a standard, never a person's own text. A field of text that is not named here is not told.
_WORDS = frozenset(
    {
        *("about", "basis", "before", "cause", "classification", "codes", "currency", "disabled_for", "effect", "form"),
        *("frequency", "grade", "independence", "kind", "nature", "operation", "origin", "outcome", "phase"),
        *(
            "reason_codes",
            "relation",
            "reliance",
            "report_kind",
            "report_type",
            "role",
            "roles",
            "source_kind",
            "state",
        ),
        *("status", "step", "tier", "treatment", "verdict"),
    }
)
# Identifiers that the organisation gives: `LG-01`, `CC6.1`. They have no spaces, and so hold no sentence.
_CODES = frozenset({"code", "control_code", "risk_code", "policy_code", "ref", "refs", "requirement", "requirements"})
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._()-]{0,39}")
TEST_TYPE = "attest.webhook.test"
_PLAIN = (bool, int, float, UUID, date, Enum)


def wanted_types(patterns: Sequence[str]) -> frozenset[str]:
    """The types of events that these patterns name: a type, or `<service>.<noun>.*`, `<service>.*` or `*`."""
    return frozenset(name for pattern in patterns for name in named_by(pattern))


@cache
def named_by(pattern: str) -> frozenset[str]:
    """The types of events that one pattern names."""
    if pattern == "*":
        return frozenset(CATALOGUE)
    if pattern.endswith(".*"):
        return frozenset(name for name in CATALOGUE if name.startswith(pattern.removesuffix("*")))
    return frozenset({pattern}) & CATALOGUE.keys()


def told(event: Event) -> dict[str, Any]:
    """What is told of an event's data: ids, numbers, instants, truth values, words and codes; no sentence, no name."""
    return {
        name: plain for name in type(event).model_fields if (plain := _plain(name, getattr(event, name))) is not None
    }


@cache
def may_be_told(kind: type[Event], field: str) -> bool:
    """Whether events of this kind have a field that can be told: a text only if it is a word or a code."""
    found = kind.model_fields.get(field)
    leaves = _leaves(found.annotation) if found is not None else set()
    return bool(leaves) and all(
        field in _WORDS | _CODES if leaf is str else isinstance(leaf, type) and issubclass(leaf, _PLAIN)
        for leaf in leaves
    )


def matches(conditions: Sequence[Mapping[str, Any]], subject: UUID, data: Mapping[str, Any]) -> bool:
    """Whether an event has one of the wanted values in each field that a condition names; `subject` is a field too."""
    fields = {**data, "subject": str(subject)}
    return all(_has(fields.get(condition["field"]), condition["values"]) for condition in conditions)


def body_of(heard: Heard[Event], data: Mapping[str, Any]) -> bytes:
    """A CloudEvents 1.0 event in structured mode, which is a Standard Webhooks payload too.

    `timestamp`, which that specification asks for, is the same instant as `time`. Who acted, and why, is not told: a
    reader with the permission finds it in the trail.
    """
    readers = readers_of(type(heard.event))
    at = heard.occurred_at.isoformat()
    document = {
        "specversion": "1.0",
        "id": str(heard.id),
        "source": f"/services/{heard.event.announcer()}",
        "type": heard.event.name,
        "subject": str(heard.subject),
        "time": at,
        "timestamp": at,
        "datacontenttype": "application/json",
        "orgid": str(heard.org_id),
        "actor": str(heard.actor.kind),
        "version": heard.version,
        "data": {"url": readers.address_of(heard.subject) if readers else None, **data},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def body_of_test(message_id: UUID, endpoint_id: UUID, org_id: UUID, *, at: datetime) -> bytes:
    """The body of a test delivery: of a type that no event has."""
    document = {
        "specversion": "1.0",
        "id": str(message_id),
        "source": "/services/integrations",
        "type": TEST_TYPE,
        "subject": str(endpoint_id),
        "time": at.isoformat(),
        "timestamp": at.isoformat(),
        "datacontenttype": "application/json",
        "orgid": str(org_id),
        "data": {"url": f"/v1/webhook-endpoints/{endpoint_id}"},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _plain(name: str, value: Any) -> Any:
    """A value as it is told; None for one that is not."""
    plain: Any = None
    match value:
        case Enum():
            plain = value.value
        case bool() | int() | float():
            plain = value
        case UUID():
            plain = str(value)
        case date():  # and instants
            plain = value.isoformat()
        case str():
            pattern = _WORD if name in _WORDS else _CODE if name in _CODES else None
            plain = value if pattern is not None and pattern.fullmatch(value) else None
        case list() | tuple():
            plain = [each for each in (_plain(name, each) for each in value) if each is not None] or None
    return plain


def _leaves(annotation: Any) -> set[Any]:
    """The types that a field's values have: those in a list and in a union, without None."""
    inner = get_args(annotation)
    if get_origin(annotation) in {dict, Literal}:
        return {annotation}
    return set().union(*map(_leaves, inner)) if inner else {annotation} - {type(None)}


def _has(value: Any, wanted: Sequence[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(_as_text(each) in wanted for each in values if each is not None)


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
