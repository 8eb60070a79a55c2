"""The verb of missed occurrences: find them by the clock, and announce each once. Controls are locked first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.register.controls.models import Control
from services.controls.register.deadlines.models import Deadline
from services.controls.register.missed_occurrences.queries import known_misses, performed_for
from services.controls.register.missed_occurrences.rules import DueDay, Judgement, KnownMiss, judge
from services.controls.register.occurrences.models import MissedOccurrence
from services.controls.register.occurrences.queries import facts_of
from services.controls.register.occurrences.rules import stretches
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import among, insert_rows
from shared.data.records import lock_free
from shared.data.sessions import instant_of
from shared.data.transactions import Written, touched
from shared.events.catalogue.occurrences import OccurrenceMissed
from shared.events.trail import announce
from shared.identity.callers import SYSTEM

_DEADLINES = table_of(Deadline)
_MISSED = table_of(MissedOccurrence)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A control, what was found of its due days, and which of them are on record as missed."""

    control: Control
    judgement: Judgement
    known: Mapping[date, KnownMiss]

    @property
    def new(self) -> list[DueDay]:
        return [day for day in self.judgement.missed if day.due_on not in self.known]

    def to_mark(self, *, void: bool) -> list[UUID]:
        """The misses on record whose mark is to change: days that are no longer expected, or are expected again."""
        expected = {day.due_on for day in self.judgement.judged}
        return [row.id for due_on, row in self.known.items() if row.void != void and (due_on not in expected) == void]


async def announce_missed(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce the expected occurrences whose tolerance is over, each once; how many controls were judged.

    Controls that someone else has locked are judged by them, or in the next turn.
    """
    due = _DEADLINES.c.next_at <= as_of
    first = select(_DEADLINES.c.control_id).where(due).order_by(_DEADLINES.c.next_at).limit(limit)
    of_these = select(Control).where(col(Control.id).in_(first)).order_by(col(Control.id))
    controls = {control.id: control for control in await lock_free(session, of_these)}
    still_due = select(_DEADLINES.c.control_id, _DEADLINES.c.judged_until).where(
        among(_DEADLINES.c.control_id, list(controls)), due
    )
    since = {row.control_id: row.judged_until for row in await session.execute(still_due)}
    if since:
        found = await _judged(session, [controls[control_id] for control_id in since], since, as_of)
        await _write(session, found, as_of)
    return len(controls)


async def _judged(
    session: AsyncSession, controls: Sequence[Control], since: Mapping[UUID, date], as_of: datetime
) -> list[_Judged]:
    facts, earliest = await facts_of(session, controls), min(since.values())
    performed = await performed_for(session, list(since), since=earliest)
    known = await known_misses(session, list(since), since=earliest)
    found = []
    for control in controls:
        begins, done = since[control.id], performed.get(control.id, {})
        judgement = judge(stretches(facts[control.id]), done, since=begins, as_of=as_of)
        its = {due_on: row for due_on, row in known.get(control.id, {}).items() if due_on >= begins}
        found.append(_Judged(control, judgement, its))
    return found


async def _write(session: AsyncSession, found: Sequence[_Judged], as_of: datetime) -> None:
    deadlines = [
        {
            "control_id": each.control.id,
            "org_id": each.control.org_id,
            "judged_until": each.judgement.judged_until,
            "next_at": each.judgement.next_at,
        }
        for each in found
    ]
    await insert_rows(session, _DEADLINES, deadlines, renew=("judged_until", "next_at"))
    for void in (True, False):
        if marked := [row_id for each in found for row_id in each.to_mark(void=void)]:
            columns = {"void": void, "version": _MISSED.c.version + 1, "updated_at": instant_of(session)}
            await session.execute(update(_MISSED).where(among(_MISSED.c.id, marked)).values(columns))
    rows = [_row(each.control, day, as_of) for each in found for day in each.new]
    await insert_rows(session, _MISSED, rows)
    written = iter(rows)
    for each in found:
        for day in each.new:
            _announce(session, each.control, day, next(written), as_of)
        if each.new or each.to_mark(void=True) or each.to_mark(void=False):
            touched(session, each.control.id, at=as_of)


def _row(control: Control, day: DueDay, as_of: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "org_id": control.org_id,
        "control_id": control.id,
        "definition_id": day.definition_id,
        "due_on": day.due_on,
        "day_ended_at": day.day_ended_at,
        "missed_at": day.missed_at,
        "void": False,
        "version": 1,
        "created_at": as_of,
        "updated_at": as_of,
    }


def _announce(session: AsyncSession, control: Control, day: DueDay, row: Mapping[str, Any], as_of: datetime) -> None:
    event = OccurrenceMissed(
        control_id=control.id,
        control_code=control.code,
        control_title=control.title,
        definition=day.definition,
        due_on=day.due_on,
        missed_at=day.missed_at,
    )
    after = {name: row[name] for name in ("id", "control_id", "definition_id", "due_on", "missed_at")}
    announce(session, event, about=Written(row["id"], 1, after=after), by=SYSTEM, at=as_of)
