"""What of a risk is frozen, in which state its ratings leave it, and what follows from an agreed one. Pure functions.

1. A risk that nobody rated is untouched; one that fewer participants rated than the assessment needs is rated.
2. Enough participants who rated it alike confirm it. Two who rated it differently dispute it, however many it needs.
3. A resolution decides a disputed one; it counts until somebody resolves it anew.
4. The current rating is computed as the register does, by the frozen health of the controls and without any override.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.risk.assessments.assessed_risks.models import AssessedRiskStatus
from services.risk.register.credits.rules import AnswerFacts, ControlFacts, answers_of
from services.risk.register.ratings.rules import RiskFacts, rate
from services.risk.register.risks.models import Factor, Risk
from services.risk.register.risks.rules import inherent_columns
from services.risk.register.risks.schemas import InherentRating
from services.risk.terms.method_terms.rules import rank_of
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.events.catalogue.controls import HealthState


def frozen_of(risk: Risk, known: Mapping[UUID, ControlFacts]) -> dict[str, Any]:
    """The state of a risk at the start: a `RiskAtStart`."""
    target = _rating(risk.target_likelihood, risk.target_impact, risk.target_level)
    return {
        "risk_version": risk.version,
        "inherent": _rating(risk.inherent_likelihood, risk.inherent_impact, risk.inherent_level),
        "current": _rating(risk.current_likelihood, risk.current_impact, risk.current_level),
        "target": target if risk.target else None,
        "level_rank": risk.level_rank,
        "standing": risk.standing,
        "overridden": risk.override is not None,
        "controls": [_answer(answer) for answer in answers_of(risk, known)],
    }


def answers_in(frozen: Mapping[str, Any]) -> list[AnswerFacts]:
    """The controls that answered a risk, as they were when it was frozen."""
    return [
        AnswerFacts(each["control_id"], Factor(each["effect_on"]), each["steps"], control_in(each))
        for each in frozen["controls"]
    ]


def control_in(answer: Mapping[str, Any]) -> ControlFacts | None:
    """A frozen control; None where nothing had been heard of it."""
    if answer["health"] is None:
        return None
    health = HealthState(answer["health"])
    return ControlFacts(answer["code"], answer["title"], health, (), answer["retired"], answer["in_operation"])


def given_rating(inherent: InherentRating, terms: MethodTerms) -> dict[str, Any]:
    """The steps of a rating that somebody gives, whose steps the method has."""
    columns = inherent_columns(inherent, terms)
    return {
        "likelihood": columns["inherent_likelihood"],
        "impact": columns["inherent_impact"],
        "likelihood_from": columns["likelihood_from"],
    }


def with_rating(ratings: Sequence[Mapping[str, Any]], rating: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ratings with that of one person in the place of their earlier one."""
    person = rating["by"]["person"]["id"]
    return [*(dict(each) for each in ratings if each["by"]["person"]["id"] != person), dict(rating)]


def status_of(
    ratings: Sequence[Mapping[str, Any]], resolution: Mapping[str, Any] | None, needed: int
) -> AssessedRiskStatus:
    """In which state ratings and a resolution leave a risk."""
    if resolution is not None:
        return AssessedRiskStatus.RESOLVED
    if not ratings:
        return AssessedRiskStatus.UNTOUCHED
    if len({_steps(rating) for rating in ratings}) > 1:
        return AssessedRiskStatus.DISPUTED
    return AssessedRiskStatus.RATED if len(ratings) < needed else AssessedRiskStatus.CONFIRMED


def agreed(
    status: AssessedRiskStatus, ratings: Sequence[Mapping[str, Any]], resolution: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The rating that counts; None while there is none."""
    if status == AssessedRiskStatus.RESOLVED:
        return resolution
    return ratings[-1] if status == AssessedRiskStatus.CONFIRMED else None


def result_of(
    rating: Mapping[str, Any], category: str, frozen: Mapping[str, Any], terms: MethodTerms
) -> dict[str, Any]:
    """What follows from an agreed rating: an `AssessedResult`."""
    found = rate(RiskFacts(rating["likelihood"], rating["impact"], category, answers_in(frozen)), terms)
    return {
        "inherent": _rating(rating["likelihood"], rating["impact"], found.inherent_level),
        "likelihood_from": rating["likelihood_from"],
        "current": _rating(found.current_likelihood, found.current_impact, found.current_level),
        "inherent_rank": rank_of(terms, found.inherent_level),
        "level_rank": found.level_rank,
        "standing": str(found.standing),
    }


def _steps(rating: Mapping[str, Any]) -> tuple[int, int]:
    return rating["likelihood"], rating["impact"]


def _rating(likelihood: int | None, impact: int | None, level: str | None) -> dict[str, Any]:
    return {"likelihood": likelihood, "impact": impact, "level": level}


def _answer(answer: AnswerFacts) -> dict[str, Any]:
    control = answer.control
    return {
        "control_id": answer.control_id,
        "effect_on": str(answer.effect_on),
        "steps": answer.steps,
        "code": control.code if control else None,
        "title": control.title if control else None,
        "health": str(control.health) if control else None,
        "retired": bool(control and control.retired),
        "in_operation": bool(control and control.in_operation),
    }
