"""What a risk may say of itself, given the method in force. Pure functions."""

from collections.abc import Iterator
from typing import Any

from services.risk.register.risks.schemas import InherentRating, RiskDraft, RiskRevision, TargetRating
from services.risk.terms.method_terms.rules import beyond_likelihood_table, beyond_scale, overall_likelihood
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.problems import Fault


def faults_in(given: RiskDraft | RiskRevision, terms: MethodTerms) -> list[Fault]:
    """Steps that the scales do not have, and controls named twice for the same effect."""
    faults = [
        *(faults_in_inherent(given.inherent, terms) if given.inherent else ()),
        *(beyond_scale(terms, given.target.likelihood, given.target.impact, at="/target") if given.target else ()),
    ]
    named = [(control.control_id, control.effect_on) for control in given.controls or ()]
    for place, effect in enumerate(named):
        if effect in named[:place]:
            faults.append(
                Fault(f"/controls/{place}", "The control is already listed with an effect on the same factor.")
            )
    if isinstance(given, RiskRevision) and given.reason is None and {"inherent", "target"} & given.model_fields_set:
        faults.append(Fault("/reason", "Say why the inherent or target rating changes; it is kept with the rating."))
    return faults


def inherent_columns(inherent: InherentRating, terms: MethodTerms) -> dict[str, Any]:
    """The columns of an inherent rating whose steps the method has, and which no assessment found."""
    if inherent.occurrence is None or inherent.harm is None:
        return {
            "likelihood_from": None,
            "inherent_likelihood": inherent.likelihood,
            "inherent_impact": inherent.impact,
            "assessment_id": None,
        }
    return {
        "likelihood_from": {"occurrence": inherent.occurrence, "harm": inherent.harm},
        "inherent_likelihood": overall_likelihood(terms, inherent.occurrence, inherent.harm),
        "inherent_impact": inherent.impact,
        "assessment_id": None,
    }


def target_columns(target: TargetRating | None) -> dict[str, Any]:
    """The columns of a target rating; both null for none."""
    return {
        "target_likelihood": target.likelihood if target else None,
        "target_impact": target.impact if target else None,
    }


def target_above_inherent(target: tuple[int, int] | None, inherent: tuple[int, int]) -> Iterator[Fault]:
    """Factors that a target would leave above the inherent rating: treatment raises nothing."""
    for factor, aimed, begun in zip(("likelihood", "impact"), target or (), inherent, strict=False):
        if aimed > begun:
            yield Fault(f"/target/{factor}", f"The target {factor} {aimed} is above the inherent {begun}.")


def faults_in_inherent(inherent: InherentRating, terms: MethodTerms) -> list[Fault]:
    """Steps of an inherent rating that the scales do not have."""
    if inherent.likelihood is not None:
        return beyond_scale(terms, inherent.likelihood, inherent.impact, at="/inherent")
    assert inherent.occurrence is not None
    assert inherent.harm is not None
    faults = beyond_likelihood_table(terms, inherent.occurrence, inherent.harm, at="/inherent")
    return [*faults, *beyond_scale(terms, 1, inherent.impact, at="/inherent")]
