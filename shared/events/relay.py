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
from shared.pace import Pace, yielding
from shared.telemetry import relayed

CLOCK_BURST = 250
_BATCH = 500
_COLUMNS = (
    "seq, id, org_id, type, subject, version, actor, person, person_name, client, client_name, firm, reason,"
    " occurred_at, data::text as data, cause, traceparent"
)
BY_CLOCK = "actor = 'system' and cause is null"
# `held` is what must wait for something of the clock's about the same thing, which is not among those given here.
# `coalesce` keeps the planner from looking for what is unpublished of one thing among what is unpublished of all.
_UNPUBLISHED = f"""
    with clock as materialized (
        select {_COLUMNS} from events where published_at is null and {BY_CLOCK} order by seq limit $2
    ), urgent as (
        select {_COLUMNS} from events where published_at is null and not ({BY_CLOCK}) order by seq limit $1
    )
    select *, false as by_clock, coalesce(
        (select true from events where org_id = urgent.org_id and subject = urgent.subject and seq < urgent.seq
         and seq > (select coalesce(max(seq), 0) from clock)
         and {BY_CLOCK} and coalesce(published_at, 'infinity') = 'infinity' limit 1), false) as held
    from urgent
    union all select *, true, false from clock
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
        rows = await connection.fetch(_UNPUBLISHED, _BATCH, room)
        urgent = [row for row in rows if not row["by_clock"]]
        free = [row for row in urgent if not row["held"]]
        # A full hand that is free may leave out an urgent row about what one of the clock's is about, which is older.
        # Where one is held, it waits for a row newer than all of the clock's in hand, and so does nothing behind it.
        by_clock = [row for row in rows if row["by_clock"]] if len(free) < _BATCH else []
        if batch := sorted([*free, *by_clock], key=itemgetter("seq")):
            await self._publish(connection, batch)
        self._clock.record_sent(len(by_clock))
        if free and len(urgent) == _BATCH:
            return 0.0
        return self._clock.wait if by_clock or not room else None

    async def _publish(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        published = await self._bus.publish([_message(row) async for row in yielding(rows)])
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
        "personid": row["person"] and str(row["person"]),
        "personname": row["person_name"],
        "clientid": row["client"] and str(row["client"]),
        "clientname": row["client_name"],
        "firmid": row["firm"] and str(row["firm"]),
        "reason": row["reason"],
        "causeid": row["cause"] and str(row["cause"]),
        "traceparent": row["traceparent"],
    }
    attributes |= {name: value for name, value in optional.items() if value is not None}
    return f'{json.dumps(attributes)[:-1]}, "data": {row["data"]}}}'
