"""The trail: one append-only row a change, which is the outbox and the audit trail at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry.propagate import inject
from pydantic_core import to_jsonable_python
from sqlalchemy import insert, inspect
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import new_id
from shared.data.base import Record
from shared.data.sessions import organisation_of
from shared.data.tables import events
from shared.events.event import Event

_UNTOLD = frozenset({"version", "updated_at", "org_id"})
_cause: ContextVar[UUID | None] = ContextVar("cause", default=None)


@contextmanager
def because_of(event_id: UUID) -> Iterator[None]:
    """Name the event that causes what is announced inside."""
    token = _cause.set(event_id)
    try:
        yield
    finally:
        _cause.reset(token)


async def announce(
    session: AsyncSession, *happened: Event, about: Record, by: str, at: datetime, reason: str | None = None
) -> None:
    """Record what happened to `about`, in the transaction of the change.

    The row goes in after its thing has been written and so locked, which keeps order per thing: a reader that scans
    unpublished rows never sees a later change of a thing before an earlier one. Before and after are what changed.
    """
    about.updated_at = at
    before, after = _changes(about)
    session.add(about)
    await session.flush()
    told = [Told(event, about.id, about.version, before, after) for event in happened]
    await announce_each(session, told, by=by, at=at, reason=reason)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a change made to many rows at once: about which thing, at which version after the change."""

    event: Event
    subject: UUID
    version: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


async def announce_each(
    session: AsyncSession, told: Sequence[Told], *, by: str, at: datetime, reason: str | None = None
) -> None:
    """Record what one set-based statement did to many things; it has locked them and raised their versions by then."""
    if not told:
        return
    carrier: dict[str, str] = {}
    inject(carrier)
    common = {
        "org_id": organisation_of(session),
        "actor": by,
        "reason": reason,
        "occurred_at": at,
        "cause": _cause.get(),
        "traceparent": carrier.get("traceparent"),
    }
    rows = [
        {
            **common,
            "id": new_id(),
            "type": each.event.name,
            "subject": each.subject,
            "version": each.version,
            "data": each.event.model_dump(mode="json"),
            "before": each.before,
            "after": each.after,
        }
        for each in told
    ]
    await session.execute(insert(events), rows)
    session.info["announced"] = True


def has_announced(session: AsyncSession) -> bool:
    """Whether this session's transaction has added to the trail."""
    return bool(session.info.get("announced"))


def _changes(row: Record) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What the flush will change: (None, everything) for a new row."""
    state = inspect(row)
    columns = [each.key for each in state.mapper.column_attrs if each.key not in _UNTOLD]
    if not state.persistent:
        return None, to_jsonable_python({key: getattr(row, key) for key in columns})
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for key in columns:
        history = state.attrs[key].history
        if history.has_changes():
            before[key] = history.deleted[0] if history.deleted else None
            after[key] = history.added[0] if history.added else None
    return to_jsonable_python(before), to_jsonable_python(after)
