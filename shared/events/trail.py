"""The trail: one append-only row an event, which is the outbox and the audit trail at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry.propagate import inject
from sqlalchemy import BindParameter, DateTime, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.base import Record
from shared.data.transactions import Announcement, Written, transaction_of
from shared.events.event import Event
from shared.identity.callers import Actor


@contextmanager
def caused_by(session: AsyncSession, event_id: UUID | None) -> Iterator[None]:
    """Name the event that causes what is announced inside; None when a person or the clock does."""
    transaction = transaction_of(session)
    before, transaction.cause = transaction.cause, event_id
    try:
        yield
    finally:
        transaction.cause = before


def announce(
    session: AsyncSession,
    *events: Event,
    about: Record | Written,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    cause: UUID | None = None,
) -> None:
    """Announce what happened to a row, in the transaction that changes it.

    All that a transaction announces is recorded when it is concluded, in one statement: announcing many changes in a
    loop costs no more statements than announcing one. A row of the session is recorded with its version then and with
    what the transaction changed of it, which all events about it share; of a row that a statement wrote past the
    session, `Written` says so. `at` is when it happened; `cause` is the event that brought it about, where that is not
    the one being handled.
    """
    transaction = transaction_of(session)
    cause = cause or transaction.cause
    transaction.announced += [
        Announcement(event.name, event, about, actor=by, occurred_at=at, reason=reason, cause=cause) for event in events
    ]


_RECORD = """
    {steps}, recorded as (
        insert into events (id, org_id, type, subject, version, actor, person, person_name, client, client_name,
                            firm, reason, occurred_at, data, before, after, cause, traceparent)
        select uuidv7(), :org_id, type, subject, version, :actor, :person, :person_name, :client, :client_name,
               :firm, :reason, :occurred_at, data, before, after, :cause, :traceparent
        from announced
    )
    select count(*) from {counted}
"""


def announcing(steps: str, *, counted: str) -> TextClause:
    """A statement that changes many rows and announces it, for `announce_by_statement`: the exception to `announce`.

    `steps` are common table expressions that lock the rows, change them and raise their versions; the last of them is
    `announced (type, subject, version, data, before, after)`. The statement answers how many rows `counted` has. So
    nothing travels to this process and back, however many rows change.
    """
    common: list[BindParameter[Any]] = [
        bindparam("org_id", type_=Uuid()),
        bindparam("actor", type_=Text()),
        bindparam("person", type_=Uuid()),
        bindparam("person_name", type_=Text()),
        bindparam("client", type_=Uuid()),
        bindparam("client_name", type_=Text()),
        bindparam("firm", type_=Uuid()),
        bindparam("reason", type_=Text()),
        bindparam("occurred_at", type_=DateTime(timezone=True)),
        bindparam("cause", type_=Uuid()),
        bindparam("traceparent", type_=Text()),
    ]
    return text(_RECORD.format(steps=steps, counted=counted)).bindparams(*common)


async def announce_by_statement(
    session: AsyncSession, statement: TextClause, *, by: Actor, at: datetime, values: Mapping[str, Any]
) -> int:
    """Run a statement that `announcing` has made; how many rows it counted."""
    transaction = transaction_of(session)
    carrier: dict[str, str] = {}
    inject(carrier)
    common = {
        "org_id": transaction.org_id,
        **by.columns(),
        "reason": None,
        "occurred_at": at,
        "cause": transaction.cause,
        "traceparent": carrier.get("traceparent"),
    }
    counted: int = await session.scalar(statement, {**common, **values}) or 0
    transaction.has_recorded = counted > 0 or transaction.has_recorded
    return counted
