"""Letting accepted historical records have their effect, by the verbs of what they are about.

The controls are locked by then. A verb refuses before it changes anything, so that what is refused leaves nothing
behind in the transaction of the others.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import Earlier
from services.controls.history.consequences.rules import in_order
from services.controls.history.historical_records.models import HistoricalRecord, RecordKind
from services.controls.history.historical_records.rules import items_of
from services.controls.register.controls.models import Control
from services.controls.register.definitions.queries import approved
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles.actions import approve_locked, implement_earlier
from services.controls.register.occurrences.actions import record_earlier
from services.controls.register.occurrences.schemas import OccurrenceDraft
from services.controls.register.rhythms.rules import begin_of
from shared.identity.callers import Actor
from shared.problems import Invalid, Problem

Came = dict[UUID, UUID | Problem]
Effect = Callable[[AsyncSession, HistoricalRecord, Control, Actor, datetime], Awaitable[UUID]]


async def take_effect(
    session: AsyncSession,
    records: Sequence[HistoricalRecord],
    controls: Mapping[UUID, Control],
    *,
    by: Actor,
    at: datetime,
) -> Came:
    """What came of each record, by its id, or why nothing can."""
    came: Came = {}
    occurrences = []
    for record in in_order(records):
        control = controls[record.control_id]
        if record.kind == RecordKind.OCCURRENCE:
            occurrences.append(record)
            continue
        try:
            came[record.id] = await _EFFECTS[RecordKind(record.kind)](session, record, control, by, at)
        except Problem as problem:
            came[record.id] = problem
    return came | await _perform(session, occurrences, controls, by=by, at=at)


async def _approve(session: AsyncSession, record: HistoricalRecord, control: Control, by: Actor, at: datetime) -> UUID:
    earlier = _earlier(record, control)
    await approve_locked(session, control, approval=DefinitionApproval(), by=by, at=at, earlier=earlier)
    definition = await approved(session, control.id)
    assert definition, "it was approved"
    return definition.id


async def _implement(
    session: AsyncSession, record: HistoricalRecord, control: Control, by: Actor, at: datetime
) -> UUID:
    await implement_earlier(session, control, earlier=_earlier(record, control), by=by, at=at)
    return control.id


async def _perform(
    session: AsyncSession,
    records: Sequence[HistoricalRecord],
    controls: Mapping[UUID, Control],
    *,
    by: Actor,
    at: datetime,
) -> Came:
    """Record occurrences, all at once however many they are."""
    performed = []
    for record in records:
        control = controls[record.control_id]
        earlier = _earlier(record, control)
        draft = OccurrenceDraft(
            performed_at=earlier.at, due_on=record.due_on, notes=record.notes, evidence_ids=items_of(record.evidence)
        )
        performed.append((control, draft, earlier))
    answers = await record_earlier(session, performed, by=by, at=at)
    return {
        record.id: answer
        if isinstance(answer, UUID)
        else Invalid(" ".join(fault.detail for fault in answer), faults=answer)
        for record, answer in zip(records, answers, strict=True)
    }


_EFFECTS: Mapping[RecordKind, Effect] = {RecordKind.APPROVAL: _approve, RecordKind.IMPLEMENTATION: _implement}


def _earlier(record: HistoricalRecord, control: Control) -> Earlier:
    """The act that a record tells of. Its day begins where the control is performed."""
    zone = (control.recurrence or {}).get("time_zone", "UTC")
    return Earlier(record.id, record.effective_on, begin_of(record.effective_on, zone), record.performed_by)
