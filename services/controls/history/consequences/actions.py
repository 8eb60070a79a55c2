"""Letting accepted historical records have their effect, by the verbs of what they are about.

The controls are locked by then. A verb refuses before it changes anything, so that what is refused leaves nothing
behind in the transaction of the others.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import Earlier
from services.controls.history.consequences.rules import by_kind
from services.controls.history.historical_records.models import HistoricalRecord, RecordKind
from services.controls.history.historical_records.rules import items_of
from services.controls.policies.acknowledgements.actions import record_earlier as acknowledge_earlier
from services.controls.policies.policy_versions.actions import publish_earlier
from services.controls.register.controls.models import Control
from services.controls.register.definitions.queries import of_record
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles.actions import approve_locked, implement_earlier
from services.controls.register.occurrences.actions import record_earlier
from services.controls.register.occurrences.schemas import OccurrenceDraft
from services.controls.register.rhythms.rules import begin_of
from services.controls.testing.earlier_tests.actions import record_earlier as record_earlier_test
from services.controls.testing.earlier_tests.schemas import EarlierTest
from shared.events.catalogue.testing import Outcome, TestKind
from shared.identity.callers import Actor
from shared.problems import Invalid, Problem

Came = dict[UUID, UUID | Problem]
Effect = Callable[[AsyncSession, HistoricalRecord, Control | None, Actor, datetime], Awaitable[UUID]]


async def take_effect(
    session: AsyncSession,
    records: Sequence[HistoricalRecord],
    controls: Mapping[UUID | None, Control],
    *,
    by: Actor,
    at: datetime,
) -> Came:
    """What came of each record, by its id, or why nothing can."""
    came: Came = {}
    for kind, of_kind in by_kind(records):
        if kind == RecordKind.OCCURRENCE:
            came |= await _perform(session, of_kind, controls, by=by, at=at)
            continue
        for record in of_kind:
            try:
                came[record.id] = await _EFFECTS[kind](session, record, controls.get(record.control_id), by, at)
            except Problem as problem:
                came[record.id] = problem
    return came


async def _perform(
    session: AsyncSession,
    records: Sequence[HistoricalRecord],
    controls: Mapping[UUID | None, Control],
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


async def _publish(
    session: AsyncSession, record: HistoricalRecord, _control: Control | None, by: Actor, at: datetime
) -> UUID:
    assert record.version_id
    await publish_earlier(session, record.version_id, earlier=_earlier(record), by=by, at=at)
    return record.version_id


async def _approve(
    session: AsyncSession, record: HistoricalRecord, control: Control | None, by: Actor, at: datetime
) -> UUID:
    assert control
    earlier = _earlier(record, control)
    await approve_locked(session, control, approval=DefinitionApproval(), by=by, at=at, earlier=earlier)
    definition = await of_record(session, record.id)
    assert definition, "it was approved"
    return definition.id


async def _implement(
    session: AsyncSession, record: HistoricalRecord, control: Control | None, by: Actor, at: datetime
) -> UUID:
    assert control
    await implement_earlier(session, control, earlier=_earlier(record, control), by=by, at=at)
    return control.id


async def _test(
    session: AsyncSession, record: HistoricalRecord, control: Control | None, by: Actor, at: datetime
) -> UUID:
    assert control
    assert record.procedure_id
    assert record.test_kind
    assert record.outcome
    test = EarlierTest(
        procedure_id=record.procedure_id,
        kind=TestKind(record.test_kind),
        outcome=Outcome(record.outcome),
        notes=record.notes,
        evidence_ids=items_of(record.evidence),
    )
    return await record_earlier_test(session, control, test=test, earlier=_earlier(record, control), by=by, at=at)


async def _acknowledge(
    session: AsyncSession, record: HistoricalRecord, _control: Control | None, by: Actor, at: datetime
) -> UUID:
    assert record.campaign_id
    return await acknowledge_earlier(
        session,
        record.campaign_id,
        earlier=_earlier(record),
        statement=record.notes,
        evidence_id=next(iter(items_of(record.evidence)), None),
        by=by,
        at=at,
    )


_EFFECTS: Mapping[RecordKind, Effect] = {
    RecordKind.PUBLICATION: _publish,
    RecordKind.APPROVAL: _approve,
    RecordKind.IMPLEMENTATION: _implement,
    RecordKind.TEST: _test,
    RecordKind.ACKNOWLEDGEMENT: _acknowledge,
}


def _earlier(record: HistoricalRecord, control: Control | None = None) -> Earlier:
    """The act that a record tells of. Its day begins where the control is performed, and of a policy in UTC."""
    recurrence = control.recurrence if control else None
    begins = begin_of(record.effective_on, (recurrence or {}).get("time_zone", "UTC"))
    return Earlier(record.id, record.effective_on, begins, record.performed_by, record.recorded_by)
