"""How far controls lower a risk. A pure function: the same facts give the same steps, whoever asks and whenever.

1. A control in operation earns credit by its health: all of its steps, half of them rounded down, or none.
2. A control that is planned, retired or not known yet earns none: only what has been shown to work counts.
3. For each factor the credits are added up, or the strongest counts, as the method says.
4. All controls together lower a factor by the method's cap at most, and never below its floor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.risk.register.risks.models import Factor, Risk
from services.risk.terms.method_terms.schemas import Combination, Credit, CreditRule
from shared.events.catalogue.controls import HealthState

_WORDS = {
    HealthState.HEALTHY: "healthy",
    HealthState.AT_RISK: "at risk",
    HealthState.FAILING: "failing",
    HealthState.UNKNOWN: "not shown to work",
}


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """What has been announced of a control."""

    code: str
    title: str
    health: HealthState
    reasons: Sequence[str]
    retired: bool
    in_operation: bool = True


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """A control as a risk names it; `control` is None while nothing has been heard of it."""

    control_id: str
    effect_on: Factor
    steps: int
    control: ControlFacts | None


@dataclass(frozen=True, slots=True)
class Lowered:
    """What is left of a risk's factors, and a sentence for each control, in their order."""

    likelihood: int
    impact: int
    reasons: list[str]


@dataclass(slots=True)
class _Factor:
    """One factor while the controls are gone through: where it began, the credit so far, where it is."""

    name: Factor
    inherent: int
    cap: int
    floor: int
    now: int
    earned: int = 0

    def lower(self, steps: int, combine: Combination) -> None:
        self.earned = self.earned + steps if combine == Combination.SUM else max(self.earned, steps)
        self.now = min(self.inherent, max(self.floor, self.inherent - min(self.earned, self.cap)))


def lowered(likelihood: int, impact: int, answers: Sequence[AnswerFacts], rule: CreditRule) -> Lowered:
    """Lower a risk's inherent likelihood and impact by the controls that answer it."""
    factors = {
        Factor.LIKELIHOOD: _Factor(
            Factor.LIKELIHOOD, likelihood, rule.cap.likelihood, rule.floor.likelihood, likelihood
        ),
        Factor.IMPACT: _Factor(Factor.IMPACT, impact, rule.cap.impact, rule.floor.impact, impact),
    }
    reasons: list[str] = []
    for answer in answers:
        factor = factors[answer.effect_on]
        before, credit = factor.now, credit_of(answer.control, rule)
        steps = steps_of(answer.steps, credit)
        factor.lower(steps, rule.combine)
        reasons.append(_effect(answer, credit, steps, before, factor))
    return Lowered(factors[Factor.LIKELIHOOD].now, factors[Factor.IMPACT].now, reasons)


def answers_of(risk: Risk, known: Mapping[UUID, ControlFacts]) -> list[AnswerFacts]:
    """The controls that a risk names, with what is known of them."""
    return [
        AnswerFacts(
            answer["control_id"], Factor(answer["effect_on"]), answer["steps"], known.get(UUID(answer["control_id"]))
        )
        for answer in risk.controls
    ]


def credit_of(control: ControlFacts | None, rule: CreditRule) -> Credit:
    """How much of a control's steps counts."""
    if control is None or control.retired or not control.in_operation:
        return Credit.NONE
    credit: Credit = getattr(rule.by_health, control.health)
    return credit


def steps_of(steps: int, credit: Credit) -> int:
    """The steps that count: half of an odd number is rounded down."""
    return {Credit.FULL: steps, Credit.HALF: steps // 2, Credit.NONE: 0}[credit]


def in_words(health: HealthState) -> str:
    """The health of a control as it goes after "is"."""
    return _WORDS[health]


def _effect(answer: AnswerFacts, credit: Credit, steps: int, before: int, factor: _Factor) -> str:
    control = answer.control
    if control is None:
        return f"Control {answer.control_id} is not known yet and lowers nothing."
    name = f"Control {control.code} '{control.title}' is {_state(control)}"
    if credit == Credit.NONE:
        reasons = "" if control.retired or not control.in_operation else " ".join(control.reasons)
        return f"{name} and lowers nothing" + (f": {reasons}" if reasons else ".")
    halved = f", which halves its {answer.steps} steps," if credit == Credit.HALF else ""
    if not steps:
        return f"{name}{halved} and lowers nothing."
    if factor.now == before:
        return f"{name}{halved}; {_why_no_lower(factor)}."
    return f"{name}{halved} and lowers {factor.name} from {before} to {factor.now}."


def _state(control: ControlFacts) -> str:
    if control.retired:
        return "retired"
    return in_words(control.health) if control.in_operation else "planned"


def _why_no_lower(factor: _Factor) -> str:
    if factor.now <= factor.floor:
        return f"{factor.name} is at the lowest step that controls bring it to"
    if factor.inherent - factor.now >= factor.cap:
        return f"all controls together lower {factor.name} by {factor.cap} at most"
    return f"another control lowers {factor.name} as much already"
