"""The verbs of a cost entry. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.known_programmes.queries import known_programme
from services.audit.planning.cost_entries.models import CostEntry, CostMeasure, CostStatus
from services.audit.planning.cost_entries.queries import countered
from services.audit.planning.cost_entries.rules import Quantity, faults_of, faults_of_counter, faults_of_day
from services.audit.planning.cost_entries.schemas import CostEntryDraft, CounterEntryDraft
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.planning import CostEntryRecorded, CostEntryWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.money import DECIMALS
from shared.problems import Conflict, Fault, Invalid, not_allowed


class IsCounterEntry(Conflict):
    """The cost entry takes another one back, and cannot be taken back by a further one."""


class HasCounterEntries(Conflict):
    """Counter-entries take the cost entry back, and have to be withdrawn before it."""


async def record(session: AsyncSession, *, draft: CostEntryDraft, by: Actor, at: datetime) -> CostEntry:
    """Record an amount of the budget or an actual one.

    `Invalid` when its engagement or programme is unknown, or its days or amount do not fit.
    """
    _refuse(
        faults_of(
            draft.measure,
            year=draft.year,
            incurred_on=draft.incurred_on,
            today=at.astimezone(UTC).date(),
            quantity=Quantity(draft.amount, draft.effort_minutes or 0),
        )
    )
    await _check_reference(session, draft)
    year = draft.year or (draft.incurred_on.year if draft.incurred_on else 0)
    entry = CostEntry(
        **draft.model_dump(exclude={"year"}),
        year=year,
        decimals=DECIMALS[draft.currency],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(entry)
    announce(session, CostEntryRecorded(**_event_fields(entry)), about=entry, by=by, at=at)
    return entry


async def counter(
    session: AsyncSession, entry_id: UUID, *, draft: CounterEntryDraft, by: Actor, at: datetime
) -> CostEntry:
    """Take an entry back, in part or in full: the counter-entry counts in the same place with the opposite sign.

    `IsCounterEntry` when it takes another one back itself; `Invalid` for more than still counts of it.
    """
    entry = await _locked(session, entry_id, "counter")
    if entry.counters_id is not None:
        raise IsCounterEntry(f"It takes back the entry {entry.counters_id}; withdraw it, and that one counts again.")
    taken = Quantity(draft.amount, draft.effort_minutes)
    gone = await countered(session, entry_id)
    left = Quantity(entry.amount - gone.amount, (entry.effort_minutes or 0) - gone.minutes)
    day = faults_of_day(CostMeasure(entry.measure), draft.incurred_on, today=at.astimezone(UTC).date())
    _refuse([*day, *faults_of_counter(left, taken)])
    same = ("org_id", "measure", "kind", "engagement_id", "programme_id", "year", "currency", "decimals")
    opposite = CostEntry(
        **{name: getattr(entry, name) for name in same},
        amount=-taken.amount,
        effort_minutes=-taken.minutes or None,
        incurred_on=draft.incurred_on,
        description=draft.description,
        reference=draft.reference,
        counters_id=entry.id,
        created_at=at,
        updated_at=at,
    )
    session.add(opposite)
    announce(session, CostEntryRecorded(**_event_fields(opposite)), about=opposite, by=by, at=at)
    return opposite


async def withdraw(session: AsyncSession, entry_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Recorded → withdrawn. `HasCounterEntries` while others take it back: they would count without it."""
    entry = await _locked(session, entry_id, "withdraw")
    if await countered(session, entry_id) != Quantity(0, 0):
        raise HasCounterEntries("Withdraw the counter-entries first, or counter what is left of this entry.")
    entry.status = CostStatus.WITHDRAWN
    announce(session, CostEntryWithdrawn(**_event_fields(entry)), about=entry, by=by, at=at, reason=reason)


async def _locked(session: AsyncSession, entry_id: UUID, verb: str) -> CostEntry:
    entry = await locked(session, CostEntry, entry_id, noun="cost entry", expected=ANY_VERSION)
    if entry.status != CostStatus.RECORDED:
        raise not_allowed(verb, entry.status, [])
    return entry


async def _check_reference(session: AsyncSession, draft: CostEntryDraft) -> None:
    """Whether it is for one engagement or one programme; news of a programme may be on its way."""
    if (draft.engagement_id is None) == (draft.programme_id is None):
        _refuse([Fault("/engagement_id", "name either an engagement or a programme")])
    if draft.engagement_id is not None and await found(session, Engagement, draft.engagement_id) is None:
        _refuse([Fault("/engagement_id", f"unknown: {draft.engagement_id}")])
    if draft.programme_id is not None and await known_programme(session, draft.programme_id) is None:
        fault = Fault("/programme_id", f"unknown: {draft.programme_id}")
        raise Invalid("The programme is not known here.", faults=[fault], may_be_late=True)


def _refuse(faults: Iterable[Fault]) -> None:
    if found_faults := list(faults):
        reasons = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in found_faults)
        raise Invalid(f"The cost entry does not hold together: {reasons}.", faults=found_faults)


def _event_fields(entry: CostEntry) -> dict[str, Any]:
    """What every event about a cost entry says: where it counts, and neither the amount nor the words."""
    names = ("measure", "kind", "engagement_id", "programme_id", "year", "currency", "counters_id")
    return {name: getattr(entry, name) for name in names}
