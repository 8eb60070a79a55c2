"""The AsyncAPI 3.0 document of all events, generated from the catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.events.bus import STREAM
from shared.events.event import CATALOGUE, Event
from shared.identity.callers import ActorKind
from shared.version import LICENSE, VERSION


def asyncapi(heard_by: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document; `heard_by` names the services that listen to each event, by event name."""
    kinds = sorted(CATALOGUE.values(), key=lambda kind: kind.name)
    _, definitions = models_json_schema(
        [(kind, "serialization") for kind in kinds], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Attest events",
            "version": VERSION,
            "license": {"name": LICENSE["name"], "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "description": f"CloudEvents 1.0 in structured mode on the NATS JetStream stream {STREAM}.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {kind.__name__: _channel(kind, heard_by.get(kind.name, ())) for kind in kinds},
        "operations": {f"announce{kind.__name__}": _announcement(kind) for kind in kinds},
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Envelope": _ENVELOPE},
            "messages": {kind.__name__: _message(kind) for kind in kinds},
        },
    }


def summary_of(kind: type[Event]) -> str:
    """The first line of an event's docstring."""
    return (kind.__doc__ or "").strip().splitlines()[0]


def _channel(kind: type[Event], heard_by: Sequence[str]) -> dict[str, Any]:
    return {
        "address": kind.address(),
        "messages": {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"}},
        "x-announced-by": kind.announcer(),
        "x-heard-by": sorted(heard_by),
    }


def _announcement(kind: type[Event]) -> dict[str, Any]:
    channel = f"#/channels/{kind.__name__}"
    return {
        "action": "send",
        "summary": summary_of(kind),
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{kind.__name__}"}],
    }


def _message(kind: type[Event]) -> dict[str, Any]:
    data = {"properties": {"type": {"const": kind.name}, "data": {"$ref": f"#/components/schemas/{kind.__name__}"}}}
    return {
        "name": kind.name,
        "summary": summary_of(kind),
        "contentType": "application/cloudevents+json",
        "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, data]},
    }


_TEXT = {"type": "string"}
_ENVELOPE: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes, with Attest's extensions: orgid, actor, personid, personname, clientid,"
    " clientname, version, reason, causeid.",
    "required": ["specversion", "id", "source", "type", "subject", "time", "orgid", "actor", "version", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {
            **_TEXT,
            "format": "uuid",
            "description": "Also the Nats-Msg-Id; the same however often it is delivered",
        },
        "source": _TEXT,
        "type": _TEXT,
        "subject": {**_TEXT, "format": "uuid", "description": "What the event is about"},
        "time": {**_TEXT, "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "orgid": {**_TEXT, "format": "uuid"},
        "actor": {"enum": [*ActorKind], "description": "What kind of actor it was"},
        "personid": {**_TEXT, "format": "uuid", "description": "The person, or who is responsible for the client"},
        "personname": {**_TEXT, "description": "Their name then"},
        "clientid": {**_TEXT, "format": "uuid", "description": "The API client, where a program acted"},
        "clientname": {**_TEXT, "description": "Its title then"},
        "version": {"type": "integer", "description": "Of the subject, after the change"},
        "reason": _TEXT,
        "causeid": {**_TEXT, "format": "uuid", "description": "The event that led to this one"},
        "traceparent": _TEXT,
        "data": {"type": "object"},
    },
}
