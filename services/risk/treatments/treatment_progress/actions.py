"""The verbs by which an approved treatment is carried out, verified and closed, rescheduled or cancelled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.days import day_of
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.actions import change, keep_findable
from services.risk.register.risks.models import Risk
from services.risk.treatments.treatment_actions.models import TreatmentActionStatus
from services.risk.treatments.treatment_actions.queries import locked_actions, undone_of
from services.risk.treatments.treatment_progress.rules import answers_after, lacking_effect
from services.risk.treatments.treatment_progress.schemas import (
    TreatmentEffect,
    TreatmentRescheduling,
    TreatmentVerification,
)
from services.risk.treatments.treatments.actions import locked_with_risk, tell
from services.risk.treatments.treatments.models import Treatment, TreatmentStatus
from services.risk.treatments.treatments.rules import TreatmentVerb, next_telling, require_allowed, warned_by
from services.risk.vendors.known_evidence.queries import require_evidence
from shared.data.records import found, one_at_a_time
from shared.data.transactions import touched
from shared.events.catalogue.treatments import (
    TreatmentCancelled,
    TreatmentClosed,
    TreatmentDone,
    TreatmentRescheduled,
    TreatmentReworked,
    TreatmentStarted,
    TreatmentVerified,
)
from shared.identity.callers import Actor, keep_apart, person_of
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound


class NotTheTreatmentsOwner(Forbidden):
    """Only the owner of the treatment can do this."""


class ActionsUndone(Conflict):
    """Some actions of the treatment are neither done nor dropped."""


class EffectNotShown(Conflict):
    """The effect of the treatment is not shown yet."""


async def start(session: AsyncSession, treatment_id: UUID, *, by: Actor, at: datetime) -> None:
    """Approved → in progress. `NotTheTreatmentsOwner`."""
    treatment, _, _ = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.START, treatment)
    _require_owner(treatment, by)
    treatment.status, treatment.started_at = TreatmentStatus.IN_PROGRESS, at
    tell(session, treatment, TreatmentStarted, by=by, at=at)


async def complete(session: AsyncSession, treatment_id: UUID, *, note: str, by: Actor, at: datetime) -> None:
    """In progress → done: the controls that it planned answer the risk. `NotTheTreatmentsOwner`, `ActionsUndone`."""
    seen = await found(session, Treatment, treatment_id)
    if seen is None:
        raise NotFound(f"There is no treatment {treatment_id}.")
    await one_at_a_time(session, *seen.control_ids())  # which the risk names from now on, before the register
    treatment, risk, _ = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.COMPLETE, treatment)
    _require_owner(treatment, by)
    if undone := await undone_of(session, [treatment.id]):
        raise ActionsUndone(f"{len(undone)} of its actions are neither done nor dropped: {_listed(undone[0].text)}")
    treatment.status, treatment.due_at = TreatmentStatus.DONE, None
    treatment.done_by, treatment.done_at, treatment.done_note = by.recorded, at, note
    tell(session, treatment, TreatmentDone, by=by, at=at, reason=note)
    await _answer(session, risk, treatment, by=by, at=at)


async def verify(
    session: AsyncSession, treatment_id: UUID, *, verification: TreatmentVerification, by: Actor, at: datetime
) -> None:
    """Done → verified, by none who carried it out, or back to in progress. `EffectNotShown`, `UnusableEvidence`."""
    await require_evidence(session, verification.evidence_ids, "/evidence_ids")
    treatment, risk, in_force = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.VERIFY, treatment)
    await _keep_apart_from_doers(session, treatment, "Who carried out a treatment cannot verify it", by)
    if verification.decision == TreatmentEffect.RETURN:
        assert treatment.due_on is not None, "a proposal has a due day"
        treatment.status, treatment.done_by, treatment.done_at = TreatmentStatus.IN_PROGRESS, None, None
        treatment.due_at = next_telling(treatment.due_on, treatment.warned, treatment.overdue_told_for)
        tell(session, treatment, TreatmentReworked, by=by, at=at, reason=verification.note)
        return
    known = await control_facts(session, treatment.control_ids())
    if lacks := [*lacking_effect(treatment, risk, known, in_force.terms)]:
        raise EffectNotShown(" ".join(lacks))
    treatment.status, treatment.verified_by, treatment.verified_at = TreatmentStatus.VERIFIED, by.recorded, at
    treatment.verification_note, treatment.evidence_ids = verification.note, list(verification.evidence_ids)
    tell(session, treatment, TreatmentVerified, by=by, at=at, reason=verification.note)


async def close(session: AsyncSession, treatment_id: UUID, *, note: str, by: Actor, at: datetime) -> None:
    """Verified → closed, by none who carried it out."""
    treatment, risk, _ = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.CLOSE, treatment)
    await _keep_apart_from_doers(session, treatment, "Who carried out a treatment cannot close it", by)
    _end(treatment, TreatmentStatus.CLOSED, note, by=by, at=at)
    tell(session, treatment, TreatmentClosed, by=by, at=at, reason=note)
    touched(session, risk.id, at=at, by=by, reason="A treatment of the risk was closed.")


async def cancel(session: AsyncSession, treatment_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Each but closed → cancelled, with the reason."""
    treatment, risk, _ = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.CANCEL, treatment)
    await end_cancelled(session, treatment, reason=reason, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason=f"A treatment of the risk was cancelled. {reason}")


async def end_cancelled(
    session: AsyncSession, treatment: Treatment, *, reason: str, by: Actor, at: datetime, cause: UUID | None = None
) -> None:
    """Cancel a treatment that is locked; the clock follows its actions no longer."""
    for action in await undone_of(session, [treatment.id]):
        action.due_at = None
    _end(treatment, TreatmentStatus.CANCELLED, reason, by=by, at=at)
    tell(session, treatment, TreatmentCancelled, by=by, at=at, reason=reason, cause=cause)


async def reschedule(
    session: AsyncSession, treatment_id: UUID, *, rescheduling: TreatmentRescheduling, by: Actor, at: datetime
) -> None:
    """Have a treatment that is not done due on another day, which is not over; never by who answers for it."""
    treatment, _, _ = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.RESCHEDULE, treatment)
    keep_apart("Who answers for a treatment cannot move its due day", first=treatment.owner_id, second=by)
    if rescheduling.due_on < day_of(at):
        raise Invalid("A treatment is due today or later.", faults=[Fault("/due_on", "The day is over.")])
    treatment.due_on = rescheduling.due_on
    treatment.warned = warned_by(treatment.due_on, at)
    treatment.due_at = next_telling(treatment.due_on, treatment.warned, treatment.overdue_told_for)
    tell(session, treatment, TreatmentRescheduled, by=by, at=at, reason=rescheduling.reason)


async def _answer(session: AsyncSession, risk: Risk, treatment: Treatment, *, by: Actor, at: datetime) -> None:
    """Let the controls of a treatment answer its risk, which is rated by them from now on."""
    answers = answers_after(risk, treatment)
    if answers == risk.controls:
        return
    change(session, risk, {"controls": answers}, by=by, at=at, reason=f"The treatment '{treatment.title}' is done.")
    with session.no_autoflush:  # it is written when it has been rated
        await keep_findable(session, [risk])


async def _keep_apart_from_doers(session: AsyncSession, treatment: Treatment, refusal: str, by: Actor) -> None:
    actions = await locked_actions(session, treatment.id)
    doers = [action.done_by for action in actions if action.status != TreatmentActionStatus.DROPPED]
    for doer in (treatment.owner_id, treatment.done_by, *doers):
        keep_apart(refusal, first=doer, second=by)


def _end(treatment: Treatment, status: TreatmentStatus, reason: str, *, by: Actor, at: datetime) -> None:
    treatment.status, treatment.ended_by, treatment.ended_at = status, by.recorded, at
    treatment.end_reason, treatment.due_at = reason, None


def _require_owner(treatment: Treatment, by: Actor) -> None:
    if person_of(by) != treatment.owner_id:
        raise NotTheTreatmentsOwner("Only the owner of the treatment says how far it is.")


def _listed(text: str) -> str:
    return f"'{text[:100]}'."
