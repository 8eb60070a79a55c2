"""Whether a treatment has its effect, and what a risk names once it is done. Pure functions.

1. Each control that it implemented is known, in operation and healthy.
2. The risk's current level is not above that of the target.
3. Each action that was done has been verified.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from services.risk.register.credits.rules import ControlFacts, in_words
from services.risk.register.risks.models import Risk
from services.risk.terms.method_terms.rules import beyond_scale, level_of, rank_of, word_of
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.treatments.treatments.models import Treatment
from shared.events.catalogue.controls import HealthState


def lacking_effect(
    treatment: Treatment, risk: Risk, known: Mapping[UUID, ControlFacts], terms: MethodTerms
) -> Iterator[str]:
    """What is still to be shown of a treatment that is done, each in a sentence."""
    for control_id in treatment.control_ids():
        control = known.get(control_id)
        if control is None:
            yield f"Control {control_id} is not known yet."
        elif problem := _problem_of(control):
            yield f"Control {control.code} '{control.title}' is {problem}."
    assert treatment.target is not None, "a proposal has a target"
    if beyond_scale(terms, *treatment.target, at="/target"):
        yield "The method in force has not the steps of the target: cancel this treatment and plan another."
        return
    target = level_of(terms, *treatment.target)
    if risk.level_rank > rank_of(terms, target):
        yield f"The risk is at {word_of(terms, risk.current_level)}; the target is {word_of(terms, target)}."
    if unverified := treatment.action_counts["done"]:
        yield f"{unverified} of its actions {'is' if unverified == 1 else 'are'} done and not verified."


def answers_after(risk: Risk, treatment: Treatment) -> list[dict[str, Any]]:
    """The controls that a risk names once the treatment is done: a planned effect replaces one on the same factor."""
    planned = {(each["control_id"], each["effect_on"]) for each in treatment.controls}
    kept = [each for each in risk.controls if (each["control_id"], each["effect_on"]) not in planned]
    return [*kept, *treatment.controls]


def _problem_of(control: ControlFacts) -> str | None:
    if control.retired:
        return "retired"
    if not control.in_operation:
        return "not in operation"
    return None if control.health == HealthState.HEALTHY else in_words(control.health)
