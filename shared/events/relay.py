"""The relay: publishes the trail's rows to NATS, in order, and marks them once they are acknowledged.

It scans for unpublished rows and never trusts a high-water mark: a transaction that commits late has a lower number
than rows already sent, and would be skipped for good (docs/decisions/0002).

What the clock has brought about comes at a pace, behind everything else: nobody waits for it, and a sweep may bring a
hundred thousand. Only of one and the same thing nothing overtakes it (docs/decisions/0018).
"""

import json
from collections.abc import Sequence
from operator import itemgetter

import asyncpg

from shared.events.bus import Bus, Message
from shared.pace import Pace, unhurried
from shared.telemetry import relayed

CLOCK_LOT = 250
_BATCH = 500
_COLUMNS = "seq, id, org_id, type, subject, version, actor, reason, occurred_at, data::text as data, cause, traceparent"
_BY_CLOCK = "actor = 'system' and cause is null"
# `coalesce` keeps the planner from looking for what is unpublished of one thing among what is unpublished of all.
_UNPUBLISHED = f"""
    select *, false as by_clock from (
        select {_COLUMNS} from events where published_at is null and not ({_BY_CLOCK}) order by seq limit $1
    ) e
    where (select true from events where org_id = e.org_id and subject = e.subject and seq < e.seq
           and {_BY_CLOCK} and coalesce(published_at, 'infinity') = 'infinity' limit 1) is null
    union all
    (select {_COLUMNS}, true from events where published_at is null and {_BY_CLOCK} order by seq limit $2)
"""  # noqa: S608
_MARK = "update events set published_at = now() where seq = any($1::bigint[])"


class Relay:
    """A leader's turn: one batch."""

    def __init__(self, bus: Bus, clock: Pace) -> None:
        self._bus = bus
        self._clock = clock

    async def turn(self, connection: asyncpg.Connection) -> float | None:
        """Publish up to a batch; in how many seconds there may be more."""
        room = self._clock.room
        rows = sorted(await connection.fetch(_UNPUBLISHED, _BATCH, room), key=itemgetter("seq"))
        if rows:
            await self._publish(connection, rows)
        by_clock = sum(row["by_clock"] for row in rows)
        self._clock.went(by_clock)
        if len(rows) - by_clock == _BATCH:
            return 0.0
        return self._clock.wait if by_clock or not room else None

    async def _publish(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        published = await self._bus.publish([_message(row) async for row in unhurried(rows)])
        good = [row["seq"] for row, there in zip(rows, published, strict=True) if there]
        if good:
            await connection.execute(_MARK, good)
            relayed.add(len(good))
        if len(good) < len(rows):
            await self._bus.ensure_stream()
            raise ConnectionError(f"{len(rows) - len(good)} of {len(rows)} events were not acknowledged")


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
