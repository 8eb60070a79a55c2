"""The verbs of an action, each under the lock of its treatment, whose sums and counts follow from its actions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.days import day_of
from services.risk.treatments.treatment_actions.models import UNDONE, TreatmentAction, TreatmentActionStatus
from services.risk.treatments.treatment_actions.queries import counts_of, sums_of
from services.risk.treatments.treatment_actions.rules import ActionVerb, require_allowed
from services.risk.treatments.treatment_actions.schemas import (
    TreatmentActionCompletion,
    TreatmentActionDraft,
    TreatmentActionRevision,
    TreatmentActionVerdict,
    TreatmentActionVerification,
)
from services.risk.treatments.treatments import rules as treatment_rules
from services.risk.treatments.treatments.models import LIVE, Treatment, TreatmentStatus
from services.risk.treatments.treatments.rules import TreatmentVerb
from services.risk.vendors.known_evidence.queries import require_evidence
from shared.data.records import ANY_VERSION, found, lock_rows, locked
from shared.events.catalogue.treatments import (
    TreatmentActionDone,
    TreatmentActionDropped,
    TreatmentActionPlanned,
    TreatmentActionReturned,
    TreatmentActionRevised,
    TreatmentActionStarted,
    TreatmentActionTold,
    TreatmentActionVerified,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart, person_of
from shared.people.duties import Handover
from shared.people.references import require_people, require_person
from shared.problems import Fault, Forbidden, Invalid, NotFound


class NotTheActionsOwner(Forbidden):
    """Only the owner of the action can do this."""


async def plan(
    session: AsyncSession, treatment_id: UUID, *, draft: TreatmentActionDraft, by: Actor, at: datetime
) -> TreatmentAction:
    """Add an action to a treatment that is a draft or is carried out. `Invalid` without a currency for its costs."""
    owner_id = await require_person(session, draft.owner, "/owner")
    treatment = await locked(session, Treatment, treatment_id, noun="treatment")
    treatment_rules.require_allowed(TreatmentVerb.PLAN_ACTIONS, treatment)
    _require_day(draft.due_on, at)
    _require_currency(treatment, {"/cost": draft.cost, "/yearly_cost": draft.yearly_cost})
    action = TreatmentAction(
        **draft.model_dump(exclude={"owner"}),
        treatment_id=treatment.id,
        risk_id=treatment.risk_id,
        risk_code=treatment.risk_code,
        owner_id=owner_id,
        evidence_ids=[],
        warned=[],
        org_id=treatment.org_id,
        created_at=at,
        updated_at=at,
    )
    if treatment.status in LIVE:
        watch(action, at)
    session.add(action)
    tell(session, action, TreatmentActionPlanned, by=by, at=at)
    await _recount(session, treatment)
    return action


async def revise(
    session: AsyncSession, action_id: UUID, *, revision: TreatmentActionRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change an action that is not done. Once the treatment is approved, its owner cannot move its due day."""
    owners = await require_people(session, {"/owner": revision.owner})
    treatment, action = await _locked(session, action_id, expected=expected)
    treatment_rules.require_allowed(TreatmentVerb.PLAN_ACTIONS, treatment)
    require_allowed(ActionVerb.REVISE, action)
    _require_currency(treatment, {"/cost": revision.cost, "/yearly_cost": revision.yearly_cost})
    if revision.due_on is not None and revision.due_on != action.due_on:
        _require_day(revision.due_on, at)
        if treatment.status != TreatmentStatus.DRAFT:
            keep_apart("Who does an action cannot move its due day", first=action.owner_id, second=by)
            if revision.reason is None:
                raise Invalid("Say why it is due on another day.", faults=[Fault("/reason", "Say why.")])
    for name, value in revision.model_dump(exclude={"owner", "reason"}, exclude_none=True).items():
        setattr(action, name, value)
    if owners:
        action.owner_id = owners["/owner"].id
    if revision.due_on is not None and treatment.status in LIVE:
        watch(action, at)
    tell(session, action, TreatmentActionRevised, by=by, at=at, reason=revision.reason)
    await _recount(session, treatment)


async def start(session: AsyncSession, action_id: UUID, *, by: Actor, at: datetime) -> None:
    """Open → in progress. `NotTheActionsOwner`."""
    treatment, action = await _locked(session, action_id)
    treatment_rules.require_allowed(TreatmentVerb.WORK_ON_ACTIONS, treatment)
    require_allowed(ActionVerb.START, action)
    _require_owner(action, by)
    action.status, action.started_at = TreatmentActionStatus.IN_PROGRESS, at
    tell(session, action, TreatmentActionStarted, by=by, at=at)
    await _recount(session, treatment)


async def complete(
    session: AsyncSession, action_id: UUID, *, completion: TreatmentActionCompletion, by: Actor, at: datetime
) -> None:
    """In progress → done. `NotTheActionsOwner`, `UnusableEvidence`."""
    await require_evidence(session, completion.evidence_ids, "/evidence_ids")
    treatment, action = await _locked(session, action_id)
    treatment_rules.require_allowed(TreatmentVerb.WORK_ON_ACTIONS, treatment)
    require_allowed(ActionVerb.COMPLETE, action)
    _require_owner(action, by)
    _require_currency(treatment, {"/actual_cost": completion.actual_cost})
    action.status, action.done_by, action.done_at = TreatmentActionStatus.DONE, by.recorded, at
    action.done_note, action.evidence_ids = completion.note, list(completion.evidence_ids)
    action.actual_cost, action.due_at = completion.actual_cost, None
    tell(session, action, TreatmentActionDone, by=by, at=at, reason=completion.note)
    await _recount(session, treatment)


async def verify(
    session: AsyncSession, action_id: UUID, *, verification: TreatmentActionVerification, by: Actor, at: datetime
) -> None:
    """Done → verified by another person than who did it and whose it is, or back to in progress."""
    treatment, action = await _locked(session, action_id)
    returns = verification.decision == TreatmentActionVerdict.RETURN
    verb = TreatmentVerb.WORK_ON_ACTIONS if returns else TreatmentVerb.VERIFY_ACTIONS
    treatment_rules.require_allowed(verb, treatment)
    require_allowed(ActionVerb.VERIFY, action)
    for doer in (action.done_by, action.owner_id):
        keep_apart("Who did an action cannot verify it", first=doer, second=by)
    if returns:
        action.status, action.done_by, action.done_at = TreatmentActionStatus.IN_PROGRESS, None, None
        action.due_at = treatment_rules.next_telling(action.due_on, action.warned, action.overdue_told_for)
        tell(session, action, TreatmentActionReturned, by=by, at=at, reason=verification.note)
    else:
        _settle(action, TreatmentActionStatus.VERIFIED, verification.note, by=by, at=at)
        tell(session, action, TreatmentActionVerified, by=by, at=at, reason=verification.note)
    await _recount(session, treatment)


async def drop(session: AsyncSession, action_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Have an action not done any more, by another person than who answers for it."""
    treatment, action = await _locked(session, action_id)
    treatment_rules.require_allowed(TreatmentVerb.PLAN_ACTIONS, treatment)
    require_allowed(ActionVerb.DROP, action)
    keep_apart("Who answers for an action cannot drop it", first=action.owner_id, second=by)
    _settle(action, TreatmentActionStatus.DROPPED, reason, by=by, at=at)
    tell(session, action, TreatmentActionDropped, by=by, at=at, reason=reason)
    await _recount(session, treatment)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's actions that are not done to another."""
    undone = col(TreatmentAction.status).in_(sorted(UNDONE))
    owned = select(TreatmentAction).where(TreatmentAction.owner_id == handover.from_person, undone)
    for action in await lock_rows(session, owned.order_by(col(TreatmentAction.id))):
        action.owner_id = handover.to_person
        tell(session, action, TreatmentActionRevised, by=SYSTEM, at=handover.at, reason=handover.reason)


def watch(action: TreatmentAction, at: datetime) -> None:
    """Let the clock follow the due day of an action from now on; no warning is given whose time is past."""
    action.warned = treatment_rules.warned_by(action.due_on, at)
    action.due_at = treatment_rules.next_telling(action.due_on, action.warned, action.overdue_told_for)


def tell(
    session: AsyncSession,
    action: TreatmentAction,
    kind: type[TreatmentActionTold],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    **more: Any,
) -> None:
    """Announce something about an action, with what every such event says."""
    names = ("treatment_id", "risk_id", "risk_code", "text", "status", "owner_id", "due_on")
    facts = {name: getattr(action, name) for name in names}
    announce(session, kind.model_validate(facts | more), about=action, by=by, at=at, reason=reason)


async def _locked(
    session: AsyncSession, action_id: UUID, *, expected: int = ANY_VERSION
) -> tuple[Treatment, TreatmentAction]:
    seen = await found(session, TreatmentAction, action_id)
    if seen is None:
        raise NotFound(f"There is no treatment action {action_id}.")
    treatment = await locked(session, Treatment, seen.treatment_id, noun="treatment")
    return treatment, await locked(session, TreatmentAction, action_id, noun="treatment action", expected=expected)


async def _recount(session: AsyncSession, treatment: Treatment) -> None:
    for name, value in (await sums_of(session, treatment.id)).items():
        setattr(treatment, name, value)
    treatment.action_counts = await counts_of(session, treatment.id)


def _settle(action: TreatmentAction, status: TreatmentActionStatus, note: str, *, by: Actor, at: datetime) -> None:
    action.status, action.settled_note, action.due_at = status, note, None
    action.settled_by, action.settled_at = by.recorded, at


def _require_owner(action: TreatmentAction, by: Actor) -> None:
    if person_of(by) != action.owner_id:
        raise NotTheActionsOwner("Only the owner of the action says how far it is.")


def _require_day(due_on: date, at: datetime) -> None:
    if due_on < day_of(at):
        raise Invalid("An action is due today or later.", faults=[Fault("/due_on", "The day is over.")])


def _require_currency(treatment: Treatment, amounts: dict[str, int | None]) -> None:
    if treatment.currency is None and (given := [pointer for pointer, amount in amounts.items() if amount]):
        detail = "The treatment has no currency yet; give it one first."
        raise Invalid(detail, faults=[Fault(pointer, detail) for pointer in given])
