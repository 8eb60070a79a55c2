"""What a risk may say of itself, given the method in force. Pure functions."""

from services.risk.register.risks.schemas import RiskDraft, RiskRevision
from services.risk.terms.method_terms.rules import beyond_scale
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.problems import Fault


def faults_in(given: RiskDraft | RiskRevision, terms: MethodTerms) -> list[Fault]:
    """Steps that the scales do not have, and controls named twice for the same effect."""
    faults: list[Fault] = []
    if given.inherent is not None:
        faults += beyond_scale(terms, given.inherent.likelihood, given.inherent.impact, at="/inherent")
    named = [(control.control_id, control.effect_on) for control in given.controls or ()]
    for place, effect in enumerate(named):
        if effect in named[:place]:
            faults.append(
                Fault(f"/controls/{place}", "The control is already listed with an effect on the same factor.")
            )
    return faults
