"""What one transaction has done so far: the rows it changed, the things it touched, the events it announced.

Verbs change rows through the session, name what they touched and announce events; everything else happens when the
transaction is concluded (`shared.data.conclusion`), before it commits and before its answer is read. A row's version
and `updated_at` rise once in a transaction, at the first flush that changes it. Statements that change rows past the
session raise the versions of their rows themselves.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from shared.data.base import Record, Touches
from shared.data.many_rows import write_many
from shared.identity.callers import SYSTEM, Actor

SET_ORGANISATION = text("select set_config('app.org_id', :org_id, true)")
NOT_RECORDED = frozenset({"version", "updated_at", "org_id"})


class TrackingSession(Session):
    """A session that notes what its transaction changes. Each statement sees the changes made before it."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        self._write_changes()
        return super().execute(*args, **kwargs)

    def scalars(self, *args: Any, **kwargs: Any) -> Any:
        self._write_changes()
        return super().scalars(*args, **kwargs)

    def scalar(self, *args: Any, **kwargs: Any) -> Any:
        self._write_changes()
        return super().scalar(*args, **kwargs)

    def _write_changes(self) -> None:
        """SQLAlchemy itself flushes before selects of mapped classes only, and not before those of tables."""
        if self.autoflush:
            self.flush()


@dataclass(frozen=True, slots=True)
class Written:
    """A row that a statement wrote past the session: its id, its version afterwards, and what of it changed."""

    id: UUID
    version: int
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event that is recorded when the transaction is concluded."""

    type: str
    data: BaseModel
    about: Record | Written
    actor: Actor
    occurred_at: datetime
    reason: str | None
    cause: UUID | None


@dataclass(frozen=True, slots=True)
class Touch:
    """Why something is recomputed: what happened to it and when, who brought it about, and by which event."""

    at: datetime
    by: Actor
    reason: str | None
    cause: UUID | None


Recompute = Callable[[AsyncSession, Mapping[UUID, Touch]], Awaitable[Any]]


@dataclass(slots=True)
class Change:
    """A row of the session, and what its columns held before the transaction changed them."""

    row: Record
    is_new: bool = False
    is_deleted: bool = False
    before: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Transaction:
    """The state of one transaction, kept on its session.

    `at` is when it began, which becomes the `updated_at` of the rows it changes: a handler that hears of something late
    says when it noted it, so that a client that reads by `updated_since` misses nothing. `cause` is the event that is
    being handled, if one is.
    """

    org_id: UUID
    at: datetime
    recompute: Recompute | None = None
    cause: UUID | None = None
    has_recorded: bool = False
    touched: dict[UUID, Touch] = field(default_factory=dict)
    to_be_touched: set[UUID] = field(default_factory=set)
    announced: list[Announcement] = field(default_factory=list)
    changes: dict[tuple[type[Record], UUID], Change] = field(default_factory=dict)
    locked: dict[tuple[type[Record], UUID], Record] = field(default_factory=dict)
    lanes: set[int] = field(default_factory=set)
    shared_lanes: set[int] = field(default_factory=set)

    def change_of(self, row: Record) -> Change:
        """The change of a row, noted from now on; its version and `updated_at` rise the first time."""
        key = type(row), row.id
        if key not in self.changes:
            state = inspect(row)
            if state.transient:
                raise RuntimeError(f"{row!r} was announced and never added to the session")
            change = self.changes[key] = Change(row, is_new=state.pending)
            if change.is_new:
                self.locked[key] = row  # nobody else sees it before the commit
            else:
                row.version += 1
                row.updated_at = self.at
        return self.changes[key]


def transaction_of(session: AsyncSession | Session) -> Transaction:
    """What the session's transaction has done so far."""
    transaction: Transaction = session.info["transaction"]
    return transaction


def raise_version(session: AsyncSession, row: Record) -> None:
    """Raise a row's version though none of its own columns changes."""
    transaction_of(session).change_of(row)


def is_new(session: AsyncSession, row: Record) -> bool:
    """Whether the session's transaction has made the row."""
    change = transaction_of(session).changes.get((type(row), row.id))
    return change is not None and change.is_new


def has_announced(session: AsyncSession) -> bool:
    """Whether the session's transaction has added to the trail."""
    return transaction_of(session).has_recorded


def touched(
    session: AsyncSession,
    *ids: UUID,
    at: datetime,
    by: Actor = SYSTEM,
    reason: str | None = None,
    cause: UUID | None = None,
) -> None:
    """Have these things recomputed, as of `at`, when the transaction is concluded: once each, however often touched.

    What is recomputed, and how, is the service's own: `Service.recompute`. `reason` and `by` are for what follows from
    it; of several touches all reasons are kept, and otherwise the latest counts.
    """
    transaction = transaction_of(session)
    for key in ids:
        touch, before = Touch(at, by, reason, cause or transaction.cause), transaction.touched.get(key)
        if before is not None:
            reasons = dict.fromkeys(filter(None, (before.reason, reason)))
            latest = before if before.at > at else touch
            touch = replace(latest, reason=" ".join(reasons) or None)
        transaction.touched[key] = touch


@event.listens_for(TrackingSession, "after_begin")
def _fence_to_organisation(session: Session, _transaction: Any, connection: Connection) -> None:
    """Set the organisation for this transaction only; a session without one sees no rows."""
    connection.execute(SET_ORGANISATION, {"org_id": str(transaction_of(session).org_id)})


def _note_touch(transaction: Transaction, row: SQLModel, changed: Mapping[str, Any]) -> None:
    """Note the things that a row names whose change they are recomputed for, those it named before as well."""
    touches: Touches | None = getattr(row, "__touches__", None)
    if touches is None or not (touches.when & changed.keys() if touches.when else changed):
        return
    for named in (getattr(row, touches.named_in), changed.get(touches.named_in)):
        transaction.to_be_touched |= {named} if isinstance(named, UUID) else set(named or ())


@event.listens_for(TrackingSession, "before_flush")
def _note_changes(session: Session, *_: Any) -> None:
    """Note what each flush changes: a query may flush a row long before the transaction is concluded."""
    transaction = transaction_of(session)
    for row in session.new:
        _note_touch(transaction, row, {key: value for key, value in row.__dict__.items() if value is not None})
        if isinstance(row, Record):
            transaction.change_of(row)
    for row in session.dirty:
        if changed := _changed(row):
            _note_touch(transaction, row, changed)
            if isinstance(row, Record):
                change = transaction.change_of(row)
                change.before = changed | change.before
    for row in session.deleted:
        _note_touch(transaction, row, row.__dict__)
        if isinstance(row, Record):
            transaction.change_of(row).is_deleted = True
    write_many(session)


def _changed(row: SQLModel) -> dict[str, Any]:
    """The columns that differ from what the database has, and what it has."""
    state = inspect(row)
    histories = {attribute.key: state.attrs[attribute.key].history for attribute in state.mapper.column_attrs}
    return {
        key: history.deleted[0] if history.deleted else None
        for key, history in histories.items()
        if key not in NOT_RECORDED and history.has_changes()
    }
