"""The verbs of a decision on historical records. Controls are locked before the records about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.history.consequences.actions import take_effect
from services.controls.history.historical_records.actions import event_fields
from services.controls.history.historical_records.models import HistoricalRecord
from services.controls.history.historical_records.rules import items_of, not_accepted
from services.controls.history.known_items.queries import ItemFacts, items_known
from services.controls.history.record_decisions.queries import waiting
from services.controls.history.record_decisions.rules import keep_decider_apart
from services.controls.history.record_decisions.schemas import (
    DecisionOnRecord,
    DecisionOnRecords,
    DecisionsOut,
    RecordDecision,
)
from services.controls.policies.policies.models import Policy
from services.controls.register.controls.models import Control
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import lock_by_id
from shared.events.catalogue.history import HistoricalRecordAccepted, HistoricalRecordRefused, RecordStatus
from shared.events.trail import announce
from shared.http.batches import Answered, Refusal, shorten
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, NotFound, Problem, not_allowed


class EvidenceNotAccepted(Conflict):
    """The evidence of the historical record has not been accepted in a review."""


class DecisionsRefused(Invalid):
    """On some historical records nothing could be decided, and none was changed."""


async def decide(
    session: AsyncSession, record_id: UUID, *, decision: DecisionOnRecord, by: Actor, at: datetime
) -> None:
    """Recorded → accepted, and it takes effect; or refused. By neither who recorded nor who performed it."""
    became = await _decide(session, [record_id], decision, by=by, at=at)
    if isinstance(problem := became[record_id], Problem):
        raise problem


async def decide_all(
    session: AsyncSession, *, decisions: DecisionOnRecords, atomic: bool, by: Actor, at: datetime
) -> DecisionsOut:
    """`decide` for many, in the order in which it was done.

    `DecisionsRefused` when one is refused and `atomic` asks for all or none; `NotFound` where an import has none left.
    """
    record_ids = decisions.records or await waiting(session, decisions.import_id)
    if not record_ids:
        raise NotFound(f"No historical record of the import {decisions.import_id} waits for a decision.")
    became = await _decide(session, record_ids, decisions, by=by, at=at)
    results: list[Answered] = []
    wrong: list[Fault] = []
    for index, record_id in enumerate(record_ids):
        problem = became[record_id]
        if problem is not None:
            problem.faults = (Fault(f"/records/{index}", problem.detail),)
            wrong += problem.faults
        refusal = None if problem is None else Refusal.of(problem)
        results.append(Answered(index=index, id=None if problem else record_id, problem=refusal))
    if atomic and wrong:
        raise DecisionsRefused("On some records nothing can be decided; none is changed.", faults=wrong)
    shorten(answer.problem for answer in results)
    return DecisionsOut(decided=len(results) - len(wrong), refused=len(wrong), results=results)


async def _decide(
    session: AsyncSession, record_ids: Sequence[UUID], decision: DecisionOnRecord, *, by: Actor, at: datetime
) -> dict[UUID, Problem | None]:
    """Decide on each record; why it cannot be, by its id, or None."""
    controls, policies, records = await _locked(session, record_ids)
    items = await items_known(session, {item for record in records.values() for item in items_of(record.evidence)})
    became: dict[UUID, Problem | None] = {
        record_id: NotFound(f"There is no historical record {record_id}.") for record_id in record_ids
    }
    for record in records.values():
        became[record.id] = _refusal(record, decision.decision, items, by)
    open_records = [record for record in records.values() if became[record.id] is None]
    if decision.decision == RecordDecision.ACCEPTED:
        came = await take_effect(session, open_records, controls, by=by, at=at)
        for record in open_records:
            result = came[record.id]
            if isinstance(result, Problem):
                became[record.id] = result
            else:
                record.result_id = result
    for record in open_records:
        if became[record.id] is None:
            about = controls[record.control_id] if record.control_id else policies[record.policy_id]
            _write(session, record, about, decision, by=by, at=at)
    return became


async def _locked(
    session: AsyncSession, record_ids: Sequence[UUID]
) -> tuple[dict[UUID | None, Control], dict[UUID | None, Policy], dict[UUID, HistoricalRecord]]:
    """The records that there are, and the controls and policies they are about, which are locked first."""
    table = table_of(HistoricalRecord).c
    query = select(table.control_id, table.policy_id).where(among(table.id, record_ids))
    about = {key for row in await session.execute(query) for key in row if key is not None}
    controls = await lock_by_id(session, Control, about)
    policies = await lock_by_id(session, Policy, about - {control.id for control in controls})
    records = await lock_by_id(session, HistoricalRecord, record_ids)
    return (
        {control.id: control for control in controls},
        {policy.id: policy for policy in policies},
        {record.id: record for record in records},
    )


def _refusal(
    record: HistoricalRecord, decision: RecordDecision, items: Mapping[UUID, ItemFacts], by: Actor
) -> Problem | None:
    if record.status != RecordStatus.RECORDED:
        return not_allowed("decide", record.status, [])
    try:
        keep_decider_apart(record, by)
    except Problem as problem:
        return problem
    if decision == RecordDecision.ACCEPTED and (waiting := not_accepted(record.evidence, items)):
        detail = f"No review has accepted the evidence {', '.join(map(str, waiting))}."
        return EvidenceNotAccepted(detail, may_be_late=True)
    return None


def _write(
    session: AsyncSession,
    record: HistoricalRecord,
    about: Control | Policy,
    decision: DecisionOnRecord,
    *,
    by: Actor,
    at: datetime,
) -> None:
    record.status = RecordStatus(decision.decision)
    record.decided_by, record.decided_at, record.decision_reason = by.recorded, at, decision.reason
    fields = event_fields(record, about)
    event = (
        HistoricalRecordAccepted(**fields, result_id=record.result_id)
        if record.result_id
        else HistoricalRecordRefused(**fields)
    )
    announce(session, event, about=record, by=by, at=at, reason=decision.reason)
