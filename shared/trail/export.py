"""The trail as it leaves Attest: a line of JSON an event, with its place and digest, so that anyone can check it."""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from shared.canonical import canonical
from shared.data.sessions import Database
from shared.data.tables import events, head_timestamps, trail_heads

FORMAT = "attest.trail/1"
_PAGE = 1000
_C = events.c
_H = trail_heads.c
_T = head_timestamps.c
_ACTOR = ("actor", "person", "person_name", "client", "client_name", "firm")
_PARTS = ("id", "org_id", "type", "subject", "version", *_ACTOR, "reason", "cause", "traceparent", "position")


def line_of_event(row: Mapping[str, Any], *, previous: bytes | None = None) -> bytes:
    """One event; with `previous`, the digest before it, when the line has to hold without the one before."""
    line = {
        "kind": "event",
        **{part: row[part] if isinstance(row[part], int | None) else str(row[part]) for part in _PARTS},
        **{part: row[part] for part in ("data", "before", "after")},
        "occurred_at": row["occurred_at"].astimezone(UTC).isoformat(),
        "digest": row["digest"].hex(),
    }
    if previous is not None:
        line["previous"] = previous.hex()
    return canonical(line) + b"\n"


async def exported(database: Database, org_id: UUID, service: str, *, at: datetime) -> AsyncIterator[bytes]:
    """The trail up to its head, a page in memory and no transaction open while it is sent; then its timestamps."""
    async with database.transaction(org_id) as session:
        head = (await session.execute(select(_H.position, _H.digest))).one_or_none()
        stamps = [
            dict(row) for row in (await session.execute(select(head_timestamps).order_by(_T.position))).mappings()
        ]
    end = head.position if head else 0
    first = {
        "kind": "trail",
        "format": FORMAT,
        "service": service,
        "org_id": str(org_id),
        "exported_at": at.isoformat(),
        "head": {"position": end, "digest": head.digest.hex()} if head else None,
        "timestamps": sum(stamp["position"] <= end for stamp in stamps),
    }
    yield canonical(first) + b"\n"
    position = 0
    while position < end:
        page = select(events).where(_C.position > position, _C.position <= end).order_by(_C.position).limit(_PAGE)
        async with database.transaction(org_id) as session:
            rows = [dict(row) for row in (await session.execute(page)).mappings()]
        if not rows:
            break  # somebody has been at the rows; what is missing is found by whoever checks
        yield b"".join(line_of_event(row) for row in rows)
        position = rows[-1]["position"]
    for stamp in stamps:
        if stamp["position"] <= end:
            yield canonical(_timestamp_line(stamp)) + b"\n"


def _timestamp_line(stamp: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "timestamp",
        "position": stamp["position"],
        "digest": stamp["digest"].hex(),
        "authority": stamp["authority"],
        "token": base64.b64encode(stamp["token"]).decode(),
    }
