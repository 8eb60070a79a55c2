"""The relay: publishes the trail's rows to NATS, in order, and marks them once they are acknowledged.

It scans for unpublished rows and never trusts a high-water mark: a transaction that commits late has a lower number
than rows already sent, and would be skipped for good (docs/decisions/0002).
"""

import json

import asyncpg

from shared.events.bus import Bus, Message
from shared.telemetry import relayed

_BATCH = 500
_UNPUBLISHED = """
    select id, org_id, type, subject, version, actor, reason, occurred_at, data::text as data, cause, traceparent
    from events where published_at is null order by seq limit $1
"""
_MARK = "update events set published_at = now() where id = any($1::uuid[])"


class Relay:
    """A leader's turn: one batch."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def turn(self, connection: asyncpg.Connection) -> bool:
        """Publish up to a batch; True when there may be more."""
        rows = await connection.fetch(_UNPUBLISHED, _BATCH)
        if not rows:
            return False
        published = await self._bus.publish([_message(row) for row in rows])
        good = [row["id"] for row, there in zip(rows, published, strict=True) if there]
        if good:
            await connection.execute(_MARK, good)
            relayed.add(len(good))
        if len(good) < len(rows):
            await self._bus.ensure_stream()
            raise ConnectionError(f"{len(rows) - len(good)} of {len(rows)} events were not acknowledged")
        return len(rows) == _BATCH


def _message(row: asyncpg.Record) -> Message:
    headers = {"Nats-Msg-Id": str(row["id"]), "Content-Type": "application/cloudevents+json"}
    if row["traceparent"]:
        headers["traceparent"] = row["traceparent"]
    return Message(f"events.{row['type']}", envelope(row).encode(), headers)


def envelope(row: asyncpg.Record) -> str:
    """A trail row as a CloudEvents 1.0 event in structured mode."""
    attributes = {
        "specversion": "1.0",
        "id": str(row["id"]),
        "source": f"/services/{row['type'].partition('.')[0]}",
        "type": row["type"],
        "subject": str(row["subject"]),
        "time": row["occurred_at"].isoformat(),
        "datacontenttype": "application/json",
        "orgid": str(row["org_id"]),
        "actor": row["actor"],
        "version": row["version"],
    }
    optional = {
        "reason": row["reason"],
        "causeid": row["cause"] and str(row["cause"]),
        "traceparent": row["traceparent"],
    }
    attributes |= {name: value for name, value in optional.items() if value is not None}
    return f'{json.dumps(attributes)[:-1]}, "data": {row["data"]}}}'
