"""What an override may say, what it rests on, and when that has worsened. Pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.risk.register.credits.rules import AnswerFacts, ControlFacts, Lowered
from services.risk.register.overrides.schemas import OverrideProposal
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.models import InForce
from services.risk.terms.method_terms.rules import beyond_scale, level_of, limits_of, rank_of
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.events.catalogue.controls import HealthState
from shared.problems import Fault

_RANKS = {HealthState.HEALTHY: 3, HealthState.AT_RISK: 2, HealthState.UNKNOWN: 1, HealthState.FAILING: 0}


def faults_in(proposal: OverrideProposal, risk: Risk, terms: MethodTerms, *, at: datetime) -> Iterator[Fault]:
    """What is wrong with an override that is proposed at an instant."""
    yield from beyond_scale(terms, proposal.likelihood, proposal.impact, at="")
    inherent = (risk.inherent_likelihood, risk.inherent_impact)
    given = (proposal.likelihood, proposal.impact)
    for factor, wanted, most in zip(("likelihood", "impact"), given, inherent, strict=True):
        if wanted > most:
            yield Fault(f"/{factor}", f"The {factor} {wanted} is above the inherent {most}: rate the risk itself anew.")
    if given == (risk.computed_likelihood, risk.computed_impact):
        yield Fault("/likelihood", "The override says what is computed anyway.")
    if proposal.expires_at <= at:
        yield Fault("/expires_at", "The end is in the past.")
    elif proposal.expires_at > at + timedelta(days=terms.longest_override_days):
        yield Fault("/expires_at", f"By the method, an override lasts {terms.longest_override_days} days at most.")


def needs_authority(risk: Risk, likelihood: int, impact: int, terms: MethodTerms) -> bool:
    """Whether it lowers a risk whose computed level is above the tolerance: that takes the authority of that level."""
    computed = rank_of(terms, level_of(terms, risk.computed_likelihood, risk.computed_impact))
    lowers = rank_of(terms, level_of(terms, likelihood, impact)) < computed
    return lowers and computed > rank_of(terms, limits_of(terms, risk.category).tolerance)


def basis_of(risk: Risk, answers: Sequence[AnswerFacts], computed: Lowered, in_force: InForce) -> dict[str, Any]:
    """What an override of this risk rests on now: an `OverrideBasis`."""
    return {
        "method_number": in_force.number,
        "inherent": [risk.inherent_likelihood, risk.inherent_impact],
        "computed": [computed.likelihood, computed.impact],
        "controls": {answer.control_id: standing_of(answer.control) for answer in answers},
    }


def standing_of(control: ControlFacts | None) -> int:
    """How a control stands, from 0, failing or not in operation, to 3, healthy."""
    if control is None or control.retired or not control.in_operation:
        return 0
    return _RANKS[control.health]


def why_overtaken(basis: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """Why an override no longer holds, given what it rested on and what that is now; None while it does."""
    if basis["method_number"] != now["method_number"]:
        return "Another method is in force."
    if basis["inherent"] != now["inherent"]:
        return "The inherent rating was changed."
    if any(now["controls"].get(control, -1) < rank for control, rank in basis["controls"].items()):
        return "A control of the risk is worse than it was, or answers it no longer."
    if any(after > before for before, after in zip(basis["computed"], now["computed"], strict=True)):
        return "The computed rating is higher than it was."
    return None
