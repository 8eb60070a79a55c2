"""Server-Sent Events as bytes, and what a stream that was asked for is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.gateway.live.stream_tickets.schemas import Wanted
from services.gateway.views.told.rules import BY_KIND
from shared.identity.callers import Caller

RETRY = b"retry: 3000\n\n"
REAUTHENTICATE = b'event: reauthenticate\ndata: {"reason": "the token has expired or was withdrawn"}\n\n'


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its place in the log, with the bytes that every stream tells it in."""

    position: int
    org_id: UUID
    type: str
    kind: str
    subject: UUID
    message: bytes

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Happening":
        """The event of a row of the log."""
        subject = UUID(str(row["subject"]))
        return cls(row["position"], UUID(str(row["org_id"])), row["type"], row["kind"], subject, _message(row, subject))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who listens, which kinds they may read, and what they want of it."""

    caller: Caller
    kinds: frozenset[str]
    wanted: Wanted = field(default_factory=Wanted)

    def hears(self, happening: Happening) -> bool:
        """Whether this is told. In which organisation it happened, or whether an engagement shows it, is not asked."""
        wanted = self.wanted
        return (
            happening.kind in self.kinds
            and (wanted.subject is None or wanted.subject == happening.subject)
            and (wanted.type is None or f"{happening.type}.".startswith(f"{wanted.type}."))
        )


def place_in(text: str | None) -> int | None:
    """The place that a reader has come to: -1, which is no place, for a text that names none."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else -1


def is_over(caller: Caller, now: datetime) -> bool:
    """Whether the time of the caller's token or membership is over."""
    return any(end is not None and end <= now for end in (caller.expires_at, caller.ends_at))


def reset(position: int) -> bytes:
    """Something is missing before this place: read again what is kept, by `updated_since`, and go on from here."""
    return f'id: {position}\nevent: reset\ndata: {{"position": {position}}}\n\n'.encode()


def heartbeat(position: int) -> bytes:
    """Nothing has happened; the place moves on all the same, so that a quiet reader does not fall out of the log."""
    return f": still here\nid: {position}\n\n".encode()


_DIGITS = 19


def _message(row: Mapping[str, Any], subject: UUID) -> bytes:
    occurred = row["occurred_at"]
    event = {
        "specversion": "1.0",
        "id": str(row["event_id"]),
        "source": f"/services/{row['type'].partition('.')[0]}",
        "type": row["type"],
        "subject": str(subject),
        "time": occurred if isinstance(occurred, str) else occurred.isoformat(),
        "version": row["version"],
        "data": {"kind": row["kind"], "href": f"{BY_KIND[row['kind']].prefix}{subject}"},
    }
    return f"id: {row['position']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()
