"""The exact means and standard deviations of an estimate, and what a child process needs to simulate it.

With λ for the loss event frequency of a year and X for what one event costs, all factors independent:

* the annual loss has the mean E[λ] E[X] in both simulations;
* `product` (loss = λ X, one draw of each a trial) has the variance of a product of independent quantities;
* `compound` (a Poisson number of events, each with its own loss, some of them with secondary loss) has the variance
  E[λ] (E[P²] + 2 E[s] E[P] E[S] + E[s] E[S²]) + Var(λ (E[P] + s E[S])), where P is primary loss, S secondary loss and s
  the share of events that have it.

Susceptibility from threat capability and resistance strength is P(TC ≥ RS), by quadrature: both are drawn anew for
each event, so that a year sees their probability and not one outcome.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from services.risk.quantification.estimates.rules import FORMS
from services.risk.quantification.estimates.schemas import (
    Estimate,
    LossEventFrequency,
    LossForms,
    LossMagnitude,
    Susceptibility,
)
from services.risk.quantification.percentiles.rules import pert_below
from services.risk.quantification.ranges.rules import (
    Constant,
    Distribution,
    Moments,
    Pert,
    Uniform,
    as_data,
    distribution_of,
    moments_of,
)
from services.risk.quantification.ranges.schemas import AnyRange

_STEPS = 500  # by which P(TC ≥ RS) is within a millionth of its value
_NOTHING = Moments(0.0, 0.0)
Factors = dict[str, Distribution]


@dataclass(frozen=True, slots=True)
class Plan:
    """An estimate as what is drawn: factors by name, whose product is the frequency, and whose sums are the losses."""

    annual: Factors
    frequency: Factors
    primary: Factors
    share: Factors
    secondary: Factors

    def as_data(self) -> dict[str, dict[str, list[Any]]]:
        """The plan for the child process."""
        names = ("annual", "frequency", "primary", "share", "secondary")
        return {part: {name: as_data(drawn) for name, drawn in getattr(self, part).items()} for part in names}

    def draws(self) -> int:
        """How many values are drawn for each trial of a product."""
        parts = (self.annual, self.frequency, self.primary, self.share, self.secondary)
        return sum(not isinstance(drawn, Constant) for part in parts for drawn in part.values())


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an estimate amounts to on average; amounts in minor units.

    Frequency, magnitude and susceptibility are None where they are not estimated.
    """

    annual_loss: float
    frequency: float | None
    magnitude: float | None
    susceptibility: float | None
    product_deviation: float
    compound_deviation: float


def plan_of(estimate: Estimate) -> Plan:
    """What is drawn for a sound estimate."""
    if estimate.annual_loss is not None:
        return Plan({"annual_loss": distribution_of(estimate.annual_loss)}, {}, {}, {}, {})
    assert estimate.loss_event_frequency is not None
    assert estimate.loss_magnitude is not None
    magnitude = estimate.loss_magnitude
    secondary = magnitude.secondary
    return Plan(
        {},
        _frequency(estimate.loss_event_frequency),
        _primary(magnitude),
        {"secondary_frequency": distribution_of(secondary.loss_event_frequency)} if secondary else {},
        _forms(secondary.magnitude, "secondary") if secondary else {},
    )


def expectation_of(plan: Plan) -> Expectation:
    """Its mean annual loss and the standard deviations of a year in both simulations."""
    if plan.annual:
        whole = _sum(plan.annual)
        deviation = math.sqrt(whole.variance)
        return Expectation(whole.mean, None, None, None, deviation, deviation)
    frequency, share = _product(plan.frequency), _product(plan.share) if plan.share else _NOTHING
    primary, secondary = _sum(plan.primary), _sum(plan.secondary)
    magnitude = primary.plus(share.times(secondary))
    product = frequency.times(magnitude)
    squares = primary.square + 2 * share.mean * primary.mean * secondary.mean + share.mean * secondary.square
    mean_of_event = Moments(primary.mean + share.mean * secondary.mean, share.variance * secondary.mean**2)
    compound = frequency.mean * squares + frequency.times(mean_of_event).variance
    known = plan.frequency.get("susceptibility")
    return Expectation(
        product.mean,
        frequency.mean,
        magnitude.mean,
        moments_of(known).mean if known is not None else None,
        math.sqrt(product.variance),
        math.sqrt(compound),
    )


def probability_of_reaching(capability: Distribution, strength: Distribution) -> float:
    """P(capability ≥ strength): the probability that strength is below capability, averaged over capability."""
    if isinstance(capability, Constant):
        return _below(strength, capability.value)
    low, high = (capability.low, capability.high) if isinstance(capability, Pert | Uniform) else (0.0, 1.0)
    ends = [low + (high - low) * place / _STEPS for place in range(_STEPS + 1)]
    reached = [_below(capability, end) for end in ends]
    middles = [_below(strength, (a + b) / 2) for a, b in pairwise(ends)]
    return sum((b - a) * middle for (a, b), middle in zip(pairwise(reached), middles, strict=True))


def _below(distribution: Distribution, x: float) -> float:
    match distribution:
        case Pert(low, mode, high):
            return pert_below(x, low, mode, high)
        case Uniform(low, high):
            return min(max((x - low) / (high - low), 0.0), 1.0)
        case Constant(value):
            return float(x >= value)
        case _:
            raise TypeError(f"no probability is {distribution}")


def _frequency(given: LossEventFrequency) -> Factors:
    if given.estimate is not None:
        return {"loss_event_frequency": distribution_of(given.estimate)}
    assert given.threat_event_frequency is not None
    assert given.susceptibility is not None
    threat = given.threat_event_frequency
    factors: dict[str, AnyRange | None] = (
        {"threat_event_frequency": threat.estimate}
        if threat.estimate is not None
        else {
            "contact_frequency": threat.contact_frequency,
            "probability_of_action": threat.probability_of_action,
        }
    )
    drawn = {name: distribution_of(factor) for name, factor in factors.items() if factor is not None}
    return drawn | {"susceptibility": _susceptibility(given.susceptibility)}


def _susceptibility(given: Susceptibility) -> Distribution:
    if given.estimate is not None:
        return distribution_of(given.estimate)
    assert given.threat_capability is not None
    assert given.resistance_strength is not None
    capability, strength = distribution_of(given.threat_capability), distribution_of(given.resistance_strength)
    return Constant(probability_of_reaching(capability, strength))


def _primary(given: LossMagnitude) -> Factors:
    if given.estimate is not None:
        return {"loss_magnitude": distribution_of(given.estimate)}
    assert given.primary is not None
    return _forms(given.primary, "primary")


def _forms(given: LossForms, prefix: str) -> Factors:
    if given.estimate is not None:
        return {f"{prefix}_magnitude": distribution_of(given.estimate)}
    return {f"{prefix}_{name}": distribution_of(form) for name in FORMS if (form := getattr(given, name)) is not None}


def _product(factors: Factors) -> Moments:
    whole = Moments(1.0, 0.0)
    for factor in factors.values():
        whole = whole.times(moments_of(factor))
    return whole


def _sum(terms: Factors) -> Moments:
    whole = _NOTHING
    for term in terms.values():
        whole = whole.plus(moments_of(term))
    return whole
