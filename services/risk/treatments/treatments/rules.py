"""What a treatment may be, which verb its state allows, and when the clock has something to say. Pure functions.

1. A draft may lack owner, due day and target; a proposal may not. A mitigation has an action or a control besides.
2. The target is on the method's scales and not above the inherent rating: treatment raises nothing.
3. What was approved is carried out as it was approved: it changes by another proposal only.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from services.risk.acceptances.acceptances.rules import next_due, passed_warnings
from services.risk.register.risks.models import Risk
from services.risk.register.risks.rules import target_above_inherent
from services.risk.terms.method_terms.rules import beyond_scale
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.treatments.treatments.models import Strategy, Treatment, TreatmentStatus
from services.risk.treatments.treatments.schemas import PlannedControl
from shared.problems import Fault, not_allowed


class TreatmentVerb(StrEnum):
    """What people do with a treatment, as refusals name it."""

    REVISE = "revise"
    PROPOSE = "propose"
    DECIDE = "decide as owner"
    APPROVE = "approve"
    START = "start"
    RESCHEDULE = "reschedule"
    COMPLETE = "complete"
    VERIFY = "verify"
    CLOSE = "close"
    CANCEL = "cancel"
    PLAN_ACTIONS = "plan actions"
    WORK_ON_ACTIONS = "work on actions"
    VERIFY_ACTIONS = "verify actions"


_V = TreatmentVerb
ALLOWED: Mapping[TreatmentStatus, tuple[TreatmentVerb, ...]] = {
    TreatmentStatus.DRAFT: (_V.REVISE, _V.PLAN_ACTIONS, _V.PROPOSE, _V.CANCEL),
    TreatmentStatus.PROPOSED: (_V.DECIDE, _V.APPROVE, _V.CANCEL),
    TreatmentStatus.APPROVED: (_V.REVISE, _V.PLAN_ACTIONS, _V.RESCHEDULE, _V.START, _V.CANCEL),
    TreatmentStatus.IN_PROGRESS: (
        *(_V.REVISE, _V.PLAN_ACTIONS, _V.RESCHEDULE, _V.WORK_ON_ACTIONS, _V.VERIFY_ACTIONS),
        *(_V.COMPLETE, _V.CANCEL),
    ),
    TreatmentStatus.DONE: (_V.VERIFY_ACTIONS, _V.VERIFY, _V.CANCEL),
    TreatmentStatus.VERIFIED: (_V.CLOSE, _V.CANCEL),
    TreatmentStatus.CLOSED: (),
    TreatmentStatus.CANCELLED: (),
}
# What may change of an approved treatment: how it is called, who answers for it, and what was simulated of it.
FREE_AFTER_APPROVAL = frozenset({"title", "owner", "return_id"})


def require_allowed(verb: TreatmentVerb, treatment: Treatment) -> None:
    """`Conflict` names what the state of a treatment allows in the place of this verb."""
    allowed = ALLOWED[TreatmentStatus(treatment.status)]
    if verb not in allowed:
        raise not_allowed(verb, treatment.status, allowed)


def faults_in_target(target: tuple[int, int] | None, risk: Risk, terms: MethodTerms) -> list[Fault]:
    """Steps of a target that the method has not, or that are above the inherent rating of the risk."""
    if target is None:
        return []
    above = target_above_inherent(target, (risk.inherent_likelihood, risk.inherent_impact))
    return [*beyond_scale(terms, *target, at="/target"), *above]


def faults_in_controls(controls: Sequence[PlannedControl]) -> Iterator[Fault]:
    """Controls that are planned twice with an effect on the same factor."""
    named = [(control.control_id, control.effect_on) for control in controls]
    for place, effect in enumerate(named):
        if effect in named[:place]:
            yield Fault(f"/controls/{place}", "The control is already listed with an effect on the same factor.")


def lacking(treatment: Treatment, on: date) -> Iterator[Fault]:
    """What a treatment lacks before it can be proposed on a day."""
    if treatment.target is None:
        yield Fault("/target", "Say which rating is aimed at.")
    if treatment.owner_id is None:
        yield Fault("/owner", "Say who answers for the treatment.")
    if treatment.due_on is None:
        yield Fault("/due_on", "Say by which day it is done.")
    elif treatment.due_on < on:
        yield Fault("/due_on", "The day is over.")
    planned = sum(count for status, count in treatment.action_counts.items() if status != "dropped")
    if treatment.strategy == Strategy.MITIGATE and not treatment.controls and not planned:
        yield Fault("/controls", "A mitigation needs an action, or a control that it implements.")


def end_of(day: date) -> datetime:
    """The instant at which a calendar day ends, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def warned_by(due_on: date, at: datetime) -> list[int]:
    """The warnings, in days before the due day, whose time is past: nobody is warned of these any more."""
    return passed_warnings(end_of(due_on), at)


def next_telling(due_on: date, warned: Sequence[int], overdue_told_for: date | None) -> datetime | None:
    """When the clock has something to say next of a due day; None when it was announced as missed."""
    return None if overdue_told_for == due_on else next_due(end_of(due_on), warned)
