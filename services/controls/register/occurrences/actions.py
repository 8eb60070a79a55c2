"""The verbs of an occurrence. The controls are held first, so that no expected occurrence is taken twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import Earlier
from services.controls.register.controls.models import Control
from services.controls.register.deadlines.actions import judge_from
from services.controls.register.occurrences.models import Occurrence
from services.controls.register.occurrences.queries import facts_of, performed_days, with_misses
from services.controls.register.occurrences.rules import (
    Stretch,
    due_for,
    in_force,
    is_due,
    next_due,
    stretches,
    tolerance_ends,
)
from services.controls.register.occurrences.schemas import (
    BatchAnswer,
    BatchOut,
    OccurrenceDraft,
    OccurrenceOfControl,
)
from services.controls.register.rhythms.rules import local_day
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.records import found, lock_by_id, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Written, touched
from shared.events.catalogue.occurrences import OccurrenceRecorded, OccurrenceWithdrawn
from shared.events.trail import announce
from shared.http.batches import Refusal, shorten
from shared.identity.callers import Actor, person_of
from shared.people.references import KnownPerson, gone, people_named, require_people, unknown_person
from shared.problems import Fault, Invalid, NotFound, not_allowed

_LATEST = timedelta(days=400)  # longer than any tolerance, so that no day is offered that has been performed


_REFUSED = "The occurrence cannot be recorded."


class BatchRefused(Invalid):
    """Some occurrences were refused, and none was recorded."""


@dataclass(frozen=True, slots=True)
class _Accepted:
    """An occurrence that is to be recorded, with the id it has from now on."""

    control: Control
    draft: OccurrenceDraft
    performed_by_id: UUID | None
    stretch: Stretch
    due_on: date | None
    missed_at: datetime | None
    earlier: Earlier | None = None
    id: UUID = field(default_factory=new_id)


async def record(session: AsyncSession, control_id: UUID, *, draft: OccurrenceDraft, by: Actor, at: datetime) -> UUID:
    """Record that a control was performed, in time or late; `Invalid` when it was not in operation then."""
    pointer = "/performed_by"
    await require_people(session, {pointer: draft.performed_by}, days={pointer: draft.performed_at.date()})
    (answer,) = await _judged(session, [(control_id, draft)], by=by, at=at)
    if answer is None:
        raise NotFound(f"There is no control {control_id}.")
    if isinstance(answer, list):
        raise Invalid(_REFUSED, faults=answer)
    await _write(session, [answer], by=by, at=at)
    return answer.id


async def record_batch(
    session: AsyncSession, *, drafts: Sequence[OccurrenceOfControl], atomic: bool, by: Actor, at: datetime
) -> BatchOut:
    """Record many, each answered by itself; `BatchRefused` when one is refused and `atomic` asks for all or none."""
    answers: list[BatchAnswer] = []
    accepted: list[_Accepted] = []
    wrong: list[Fault] = []
    more = 0
    judged = await _judged(session, [(draft.control_id, draft) for draft in drafts], by=by, at=at)
    for index, answer in enumerate(judged):
        place = f"/occurrences/{index}"
        if isinstance(answer, _Accepted):
            accepted.append(answer)
            answers.append(BatchAnswer(index=index, id=answer.id, due_on=answer.due_on, problem=None))
            continue
        faults = [Fault("/control_id", "The control does not exist.")] if answer is None else answer
        refused = Invalid(_REFUSED, faults=[Fault(place + fault.pointer, fault.detail) for fault in faults])
        answers.append(BatchAnswer(index=index, id=None, due_on=None, problem=Refusal.of(refused)))
        wrong += refused.faults
        more += refused.more_faults
    if atomic and wrong:
        raise BatchRefused("Some occurrences were refused; none is recorded.", faults=wrong, more_faults=more)
    shorten([answer.problem for answer in answers])
    await _write(session, accepted, by=by, at=at)
    return BatchOut(recorded=len(accepted), refused=len(drafts) - len(accepted), results=answers)


async def record_earlier(
    session: AsyncSession,
    performed: Sequence[tuple[Control, OccurrenceDraft, Earlier]],
    *,
    by: Actor,
    at: datetime,
) -> list[UUID | list[Fault]]:
    """Record what was performed outside Attest, of controls that are locked, each answered by its id or its faults."""
    facts = await facts_of(session, {control.id: control for control, _, _ in performed}.values())
    whole = {control_id: stretches(known) for control_id, known in facts.items()}
    taken = await performed_days(session, whole.keys(), _earliest(draft for _, draft, _ in performed))
    accepted: list[_Accepted] = []
    answers: list[UUID | list[Fault]] = []
    for control, draft, earlier in performed:
        days = taken.setdefault(control.id, set())
        judged = _fit(control, draft, person_of(earlier.by), whole[control.id], days, at)
        if isinstance(judged, _Accepted):
            judged = replace(judged, earlier=earlier)
            accepted.append(judged)
            days |= {judged.due_on} if judged.due_on else set()
        answers.append(judged.id if isinstance(judged, _Accepted) else judged)
    await _write(session, accepted, by=by, at=at)
    return answers


async def withdraw(session: AsyncSession, occurrence_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that what was recorded was not so. It stays on record, and what it was performed for is open again."""
    known = await found(session, Occurrence, occurrence_id)
    held = await lock_by_id(session, Control, [known.control_id] if known else [])
    occurrence = await locked(session, Occurrence, occurrence_id, noun="occurrence")
    if occurrence.withdrawn_at is not None:
        raise not_allowed("withdraw", "withdrawn", [])
    occurrence.withdrawn_at = at
    if occurrence.due_on is not None:
        await judge_from(session, occurrence.control_id, occurrence.due_on, at=at)
    touched(session, occurrence.control_id, at=at)
    facts = (await facts_of(session, held))[occurrence.control_id]
    number = next(definition.number for definition in facts.definitions if definition.id == occurrence.definition_id)
    event = OccurrenceWithdrawn(
        control_id=occurrence.control_id,
        control_code=held[0].code,
        definition=number,
        due_on=occurrence.due_on,
        performed_at=occurrence.performed_at,
    )
    announce(session, event, about=occurrence, by=by, at=at, reason=reason)


async def _judged(
    session: AsyncSession, drafts: Sequence[tuple[UUID, OccurrenceDraft]], *, by: Actor, at: datetime
) -> list[_Accepted | list[Fault] | None]:
    """What each comes to, in order: accepted, faults, or None where there is no such control."""
    controls = {
        control.id: control for control in await lock_by_id(session, Control, {control_id for control_id, _ in drafts})
    }
    people = await people_named(session, {draft.performed_by for _, draft in drafts if draft.performed_by})
    facts = await facts_of(session, controls.values())
    whole = {control_id: stretches(facts[control_id]) for control_id in controls}
    taken = await performed_days(session, controls.keys(), _earliest(draft for _, draft in drafts))
    answers: list[_Accepted | list[Fault] | None] = []
    for control_id, draft in drafts:
        control = controls.get(control_id)
        if control is None:
            answers.append(None)
            continue
        performer = by.person if draft.performed_by is None else _performer(people.get(draft.performed_by), draft)
        answer = _judge(control, draft, performer, whole[control_id], taken.setdefault(control_id, set()), at)
        if isinstance(answer, _Accepted) and answer.due_on is not None:
            taken[control_id].add(answer.due_on)
        answers.append(answer)
    return answers


def _earliest(drafts: Iterable[OccurrenceDraft]) -> date:
    """The first due day that some of these may be for."""
    return min(draft.due_on or draft.performed_at.date() - _LATEST for draft in drafts)


def _judge(
    control: Control,
    draft: OccurrenceDraft,
    performer: UUID | Fault | None,
    whole: Sequence[Stretch],
    taken: set[date],
    at: datetime,
) -> _Accepted | list[Fault]:
    if not isinstance(performer, UUID):
        return [performer or Fault("/performed_by", "The caller is no person; name one.")]
    if draft.performed_at > at:
        return [Fault("/performed_at", "The date is in the future.")]
    known, zone = control.known_in_operation_at, (control.recurrence or {}).get("time_zone", "UTC")
    if known is not None and local_day(draft.performed_at, zone) < local_day(known, zone):
        detail = "Attest did not know the control to be in operation then: tell it as a historical record."
        return [Fault("/performed_at", detail)]
    return _fit(control, draft, performer, whole, taken, at)


def _fit(
    control: Control,
    draft: OccurrenceDraft,
    performer: UUID | None,
    whole: Sequence[Stretch],
    taken: set[date],
    at: datetime,
) -> _Accepted | list[Fault]:
    """The occurrence by what was in force when it was performed, and the day that it was due, or what does not fit."""
    stretch = in_force(whole, draft.performed_at)
    if stretch is None:
        return [Fault("/performed_at", "The control was not in operation.")]
    if draft.due_on is not None and (fault := _fault_of_day(draft.due_on, whole, taken)):
        return [fault]
    due_on = draft.due_on or due_for(whole, draft.performed_at, taken)
    missed_at = tolerance_ends(whole, due_on) if due_on else None
    return _Accepted(control, draft, performer, stretch, due_on, missed_at if missed_at and missed_at <= at else None)


def _fault_of_day(due_on: date, whole: Sequence[Stretch], taken: set[date]) -> Fault | None:
    if not is_due(whole, due_on):
        following = next_due(whole, due_on)
        next_one = f"the next day is {following}" if following else "no later day is due"
        return Fault("/due_on", f"No occurrence is due on that day: {next_one}.")
    return Fault("/due_on", "The occurrence is already recorded.") if due_on in taken else None


def _performer(person: KnownPerson | None, draft: OccurrenceDraft) -> UUID | Fault:
    pointer = "/performed_by"
    if person is None:
        return unknown_person(pointer, draft.performed_by or "")
    return person.id if person.was_there(draft.performed_at.date()) else gone(pointer, person)


async def _write(session: AsyncSession, accepted: Sequence[_Accepted], *, by: Actor, at: datetime) -> None:
    rows = [
        {
            "id": occurrence.id,
            "org_id": organisation_of(session),
            "control_id": occurrence.control.id,
            "definition_id": occurrence.stretch.definition.id,
            "due_on": occurrence.due_on,
            "performed_at": occurrence.draft.performed_at,
            "performed_by_id": occurrence.performed_by_id,
            "performed_by_name": _name_of(occurrence),
            "notes": occurrence.draft.notes,
            "evidence_ids": occurrence.draft.evidence_ids,
            "recorded_by": occurrence.earlier.recorded_by if occurrence.earlier else by.recorded,
            "historical_record_id": occurrence.earlier.record_id if occurrence.earlier else None,
            "version": 1,
            "created_at": at,
            "updated_at": at,
        }
        for occurrence in accepted
    ]
    if not rows:
        return
    await session.execute(insert(table_of(Occurrence)), rows)
    touched(session, *await with_misses(session, {each.control.id for each in accepted}), at=at)
    for occurrence, row in zip(accepted, rows, strict=True):
        event = OccurrenceRecorded(
            control_id=occurrence.control.id,
            control_code=occurrence.control.code,
            definition=occurrence.stretch.definition.number,
            due_on=occurrence.due_on,
            performed_at=occurrence.draft.performed_at,
            performed_by_id=occurrence.performed_by_id,
            missed_at=occurrence.missed_at,
            historical_record_id=row["historical_record_id"],
        )
        reason = occurrence.earlier.reason if occurrence.earlier else None
        after = {name: value for name, value in row.items() if name not in {"org_id", "version", "updated_at"}}
        announce(session, event, about=Written(occurrence.id, 1, after=after), by=by, at=at, reason=reason)


def _name_of(occurrence: _Accepted) -> str | None:
    """The name of who performed it outside Attest, where the directory does not have them."""
    return (
        str(occurrence.earlier.by["person"]["name"]) if occurrence.earlier and not occurrence.performed_by_id else None
    )
