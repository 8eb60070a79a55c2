"""The trail: one append-only row a change, which is the outbox and the audit trail at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from opentelemetry.propagate import inject
from pydantic_core import to_jsonable_python
from sqlalchemy import BindParameter, DateTime, Text, TextClause, Uuid, bindparam, event, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from shared.canonical import canonical
from shared.clock import new_id
from shared.data.base import Record
from shared.data.bulk import insert_rows
from shared.data.sessions import organisation_of
from shared.data.tables import events
from shared.events.event import Event

_UNTOLD = frozenset({"version", "updated_at", "org_id"})
_cause: ContextVar[UUID | None] = ContextVar("cause", default=None)


@contextmanager
def because_of(event_id: UUID | None) -> Iterator[None]:
    """Name the event that causes what is announced inside."""
    token = _cause.set(event_id)
    try:
        yield
    finally:
        _cause.reset(token)


def cause() -> UUID | None:
    """The event that causes what happens now; None when a person or the clock does."""
    return _cause.get()


async def announce(
    session: AsyncSession,
    *happened: Event,
    about: Record,
    by: str,
    at: datetime,
    noted_at: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Record what happened to `about`, in the transaction of the change.

    The row goes in after its thing has been written and so locked, which keeps order per thing: a reader that scans
    unpublished rows never sees a later change of a thing before an earlier one. Before and after are what changed.
    Each call is one change and raises the version, which the events of one call share. `at` is when it happened; a
    handler that hears of it later says when it noted it, so that `updated_since` misses nothing.
    """
    await announce_all(session, [(about, happened)], by=by, at=at, noted_at=noted_at, reason=reason)


async def announce_all(
    session: AsyncSession,
    changes: Sequence[tuple[Record, Sequence[Event]]],
    *,
    by: str,
    at: datetime,
    noted_at: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Record what happened to each of many things, as `announce` does, in about the statements of one."""
    for about, _ in changes:
        about.updated_at = noted_at or at
        flag_modified(about, "updated_at")
        session.add(about)
    await session.flush()
    told: list[Told] = []
    for about, happened in changes:
        before, after = _told(session.info["changes"].pop((type(about), about.id)))
        told += [Told(event, about.id, about.version, before, after) for event in happened]
    await announce_each(session, told, by=by, at=at, reason=reason)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a change made to many rows at once: about which thing, at which version after the change.

    `reason` and `cause` are its own ones, where not all have the same.
    """

    event: Event
    subject: UUID
    version: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None = None
    cause: UUID | None = None


async def announce_each(
    session: AsyncSession, told: Sequence[Told], *, by: str, at: datetime, reason: str | None = None
) -> None:
    """Record what one set-based statement did to many things; it has locked them and raised their versions by then."""
    if not told:
        return
    common = _common(session, by=by, at=at, reason=reason)
    rows = [
        {
            **common,
            "id": new_id(),
            "type": each.event.name,
            "subject": each.subject,
            "version": each.version,
            "data": each.event,
            "reason": each.reason or reason,
            "cause": each.cause or common["cause"],
            "before": each.before,
            "after": each.after,
        }
        for each in told
    ]
    await insert_rows(session, events, rows)
    session.info["announced"] = True


_RECORD = """
    {steps}, recorded as (
        insert into events (id, org_id, type, subject, version, actor, reason, occurred_at, data, before, after, cause,
                            traceparent)
        select uuidv7(), :org_id, told.type, told.subject, told.version, :actor, :reason, :occurred_at, told.data,
               told.before, told.after, :cause, :traceparent
        from told
    )
    select count(*) from {counted}
"""


def recording(steps: str, *, counted: str) -> TextClause:
    """A statement for `announce_by`: common table expressions, of which `told` has what each event says.

    They change the rows, having locked them, and end in `told (type, subject, version, data, before, after)`; how many
    rows `counted` has is the answer. So nothing travels to this process and back, however many things change.
    """
    common: list[BindParameter[Any]] = [
        bindparam("org_id", type_=Uuid()),
        bindparam("actor", type_=Text()),
        bindparam("reason", type_=Text()),
        bindparam("occurred_at", type_=DateTime(timezone=True)),
        bindparam("cause", type_=Uuid()),
        bindparam("traceparent", type_=Text()),
    ]
    return text(_RECORD.format(steps=steps, counted=counted)).bindparams(*common)


async def announce_by(
    session: AsyncSession, statement: TextClause, *, by: str, at: datetime, values: Mapping[str, Any]
) -> int:
    """Change many things and record it, in the one statement that `recording` has made; how many it counted."""
    common = _common(session, by=by, at=at, reason=None)
    counted: int = await session.scalar(statement, {**common, **values}) or 0
    session.info["announced"] = counted > 0 or has_announced(session)
    return counted


def _common(session: AsyncSession, *, by: str, at: datetime, reason: str | None) -> dict[str, Any]:
    """What the events of one change have in common."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return {
        "org_id": organisation_of(session),
        "actor": by,
        "reason": reason,
        "occurred_at": at,
        "cause": _cause.get(),
        "traceparent": carrier.get("traceparent"),
    }


def has_announced(session: AsyncSession) -> bool:
    """Whether this session's transaction has added to the trail."""
    return bool(session.info.get("announced"))


@event.listens_for(Session, "before_flush")
def _keep_what_changes(session: Session, *_: Any) -> None:
    """Note what each flush changes, since a query may flush a row before its verb comes to announce it."""
    kept: dict[tuple[type[Record], UUID], _Change] = session.info.setdefault("changes", {})
    new, dirty = session.new, session.dirty  # each is made anew when asked for
    for row in (*new, *dirty):
        if isinstance(row, Record):
            kept.setdefault((type(row), row.id), _Change(row, new=row in new)).take()


@dataclass(slots=True)
class _Change:
    """A row, and what its columns held before the transaction changed them."""

    row: Record
    new: bool
    before: dict[str, Any] = field(default_factory=dict)

    def take(self) -> None:
        for key in _columns(self.row):
            history = inspect(self.row).attrs[key].history
            if history.has_changes():
                self.before.setdefault(key, history.deleted[0] if history.deleted else None)


def _told(change: _Change) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Before and after of what changed: (None, everything) for a new row."""
    if change.new:
        return None, _printed(change.row, {key: getattr(change.row, key) for key in _columns(change.row)})
    after = {key: getattr(change.row, key) for key in change.before}
    return _printed(change.row, change.before), _printed(change.row, after)


def _printed(row: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    columns = inspect(row).mapper.columns
    withheld = {key for key, value in values.items() if value is not None and "withheld" in columns[key].info}
    printed: dict[str, Any] = to_jsonable_python(values)
    return {key: _digest(value) if key in withheld else value for key, value in printed.items()}


def _digest(value: Any) -> dict[str, str]:
    return {"sha256": sha256(canonical(value)).hexdigest()}


def _columns(row: Record) -> list[str]:
    return [each.key for each in inspect(row).mapper.column_attrs if each.key not in _UNTOLD]
