"""How a residual rating is found. A pure function: the same facts give the same rating, whoever asks and whenever.

1. Begin with the inherent likelihood and impact.
2. Each control that answers the risk and works (healthy or at risk) lowers its factor by its steps, never below 1.
3. A control that is failing, of unknown health, retired or not known yet lowers nothing: only what has been shown to
   work counts.
4. The residual level is looked up in the method's matrix.
5. The risk is above appetite when that level ranks above the highest one accepted for its category.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.risk.register.risks.models import Factor
from services.risk.terms.method_terms.rules import appetite_of, level_of, rank_of, word_of
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.events.catalogue.controls import HealthState

LOWEST_STEP = 1
_WORKS = frozenset({HealthState.HEALTHY, HealthState.AT_RISK})


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """What has been announced of a control."""

    code: str
    title: str
    health: HealthState
    reasons: Sequence[str]
    retired: bool


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """A control as a risk names it; `control` is None while nothing has been heard of it."""

    control_id: str
    effect_on: Factor
    steps: int
    control: ControlFacts | None


@dataclass(frozen=True, slots=True)
class Rating:
    """How high a risk is, without controls and with those that work, and why, in words."""

    inherent_level: str
    residual_likelihood: int
    residual_impact: int
    residual_level: str
    level_rank: int
    appetite: str
    within_appetite: bool
    reasons: list[str]

    @property
    def residual(self) -> tuple[int, int, str]:
        return self.residual_likelihood, self.residual_impact, self.residual_level


def rate(likelihood: int, impact: int, category: str, answers: Sequence[AnswerFacts], terms: MethodTerms) -> Rating:
    """Rate a risk from its inherent likelihood and impact and the controls that answer it."""
    left = {Factor.LIKELIHOOD: likelihood, Factor.IMPACT: impact}
    reasons: list[str] = []
    for answer in answers:
        before = left[answer.effect_on]
        if works(answer.control):
            left[answer.effect_on] = max(LOWEST_STEP, before - answer.steps)
        reasons.append(_effect(answer, before, left[answer.effect_on]))
    level = level_of(terms, left[Factor.LIKELIHOOD], left[Factor.IMPACT])
    appetite = appetite_of(terms, category)
    within = rank_of(terms, level) <= rank_of(terms, appetite)
    reasons.append(_outcome(left, level, appetite, terms, within=within))
    return Rating(
        inherent_level=level_of(terms, likelihood, impact),
        residual_likelihood=left[Factor.LIKELIHOOD],
        residual_impact=left[Factor.IMPACT],
        residual_level=level,
        level_rank=rank_of(terms, level),
        appetite=appetite,
        within_appetite=within,
        reasons=reasons,
    )


def works(control: ControlFacts | None) -> bool:
    """Whether a control has been shown to work and is still operated."""
    return control is not None and not control.retired and control.health in _WORKS


def in_words(health: HealthState) -> str:
    """The health of a control as it goes after "is"."""
    return {
        HealthState.HEALTHY: "healthy",
        HealthState.AT_RISK: "at risk",
        HealthState.FAILING: "failing",
        HealthState.UNKNOWN: "not shown to work",
    }[health]


def _effect(answer: AnswerFacts, before: int, after: int) -> str:
    control = answer.control
    if control is None:
        return f"Control {answer.control_id} is not known yet and lowers nothing."
    name = f"Control {control.code} '{control.title}' is"
    if control.retired:
        return f"{name} retired and lowers nothing."
    name = f"{name} {in_words(control.health)}"
    if not works(control):
        return f"{name} and lowers nothing" + (f": {' '.join(control.reasons)}" if control.reasons else ".")
    if after == before:
        return f"{name}; {answer.effect_on} is at its lowest step already."
    return f"{name} and lowers {answer.effect_on} from {before} to {after}."


def _outcome(left: dict[Factor, int], level: str, appetite: str, terms: MethodTerms, *, within: bool) -> str:
    likelihood, impact = left[Factor.LIKELIHOOD], left[Factor.IMPACT]
    return (
        f"Likelihood {likelihood} ({terms.likelihood[likelihood - 1].word}) and impact {impact}"
        f" ({terms.impact[impact - 1].word}) give {word_of(terms, level)},"
        f" {'within' if within else 'above'} the appetite ({word_of(terms, appetite)})."
    )
