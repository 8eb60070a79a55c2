"""What happens once before a transaction commits: rows are written, things recomputed, events recorded."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from opentelemetry.propagate import inject
from pydantic_core import to_jsonable_python
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from shared.canonical import canonical
from shared.clock import new_id
from shared.data.base import Record
from shared.data.bulk import insert_rows
from shared.data.tables import events
from shared.data.transactions import NOT_RECORDED, Announcement, Change, Touch, Transaction, Written, transaction_of


async def conclude(session: AsyncSession) -> None:
    """Write what the verbs have changed, recompute what they touched, and record all events in the order announced.

    The events go in after their rows have been written and so locked, which keeps order per thing: a reader that scans
    unpublished events never sees a later change of a thing before an earlier one. To be called again is harmless.
    """
    transaction = transaction_of(session)
    _note_announced_rows(transaction)
    recomputed = await _recompute(session, transaction) if transaction.touched else {}
    _note_announced_rows(transaction)
    await session.flush()
    if forgotten := transaction.to_be_touched - recomputed.keys():
        raise RuntimeError(f"{forgotten} were changed and not touched, so that nothing is recomputed for them")
    transaction.to_be_touched.clear()
    if transaction.announced:
        await _record(session, transaction)


def _note_announced_rows(transaction: Transaction) -> None:
    for announcement in transaction.announced:
        if isinstance(announcement.about, Record):
            transaction.change_of(announcement.about)


async def _recompute(session: AsyncSession, transaction: Transaction) -> Mapping[UUID, Touch]:
    if transaction.recompute is None:
        raise RuntimeError("this database was opened without the service's `recompute`")
    pending, transaction.touched = transaction.touched, {}
    await transaction.recompute(session, pending)
    return pending


async def _record(session: AsyncSession, transaction: Transaction) -> None:
    carrier: dict[str, str] = {}
    inject(carrier)
    common = {"org_id": transaction.org_id, "traceparent": carrier.get("traceparent")}
    await insert_rows(
        session, events, [_row_of(announcement, transaction) | common for announcement in transaction.announced]
    )
    transaction.announced.clear()
    transaction.has_recorded = True


def _row_of(announcement: Announcement, transaction: Transaction) -> dict[str, Any]:
    about = announcement.about
    if isinstance(about, Record):
        about = _written(transaction.change_of(about))
    return {
        "id": new_id(),
        "type": announcement.type,
        "subject": about.id,
        "version": about.version,
        **announcement.actor.columns(),
        "reason": announcement.reason,
        "occurred_at": announcement.occurred_at,
        "data": announcement.data,
        "before": about.before,
        "after": about.after,
        "cause": announcement.cause,
    }


def _written(change: Change) -> Written:
    """Before and after of what changed: (None, everything) for a new row, (everything, None) for a deleted one."""
    row = change.row
    if change.is_deleted:
        return Written(row.id, row.version, before=_printed(row, _values(row) | change.before), after=None)
    if change.is_new:
        return Written(row.id, row.version, before=None, after=_printed(row, _values(row)))
    after = {key: getattr(row, key) for key in change.before}
    return Written(row.id, row.version, before=_printed(row, change.before), after=_printed(row, after))


def _values(row: Record) -> dict[str, Any]:
    keys = (attribute.key for attribute in inspect(row).mapper.column_attrs)
    return {key: getattr(row, key) for key in keys if key not in NOT_RECORDED}


def _printed(row: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    columns = inspect(row).mapper.columns
    withheld = {key for key, value in values.items() if value is not None and "withheld" in columns[key].info}
    printed: dict[str, Any] = to_jsonable_python(values)
    return {key: _digest(value) if key in withheld else value for key, value in printed.items()}


def _digest(value: Any) -> dict[str, str]:
    return {"sha256": sha256(canonical(value)).hexdigest()}
