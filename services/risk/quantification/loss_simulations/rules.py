"""Whether scenarios can be simulated together, how much work that is, and what they amount to. Pure functions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.risk.quantification.loss_simulations.models import SimulationKind
from shared.problems import Fault

# Values drawn. A request waits for about a second at most; the child process of a job has some minutes.
MOST_DRAWS_AT_ONCE: Final = 5_000_000
MOST_DRAWS: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class ScenarioFacts:
    """A scenario as it is simulated."""

    id: UUID
    risk_id: UUID
    title: str
    currency: str
    active: bool
    estimate: dict[str, Any]
    estimate_number: int
    plan: dict[str, Any]
    expectation: dict[str, Any]


def draws_of(scenarios: Sequence[ScenarioFacts], simulation: SimulationKind, trials: int) -> int:
    """About how many values are drawn and added up."""
    return sum(round(_draws_a_trial(scenario, simulation) * trials) for scenario in scenarios)


def faults_in(scenarios: Sequence[ScenarioFacts], simulation: SimulationKind, trials: int) -> list[Fault]:
    """What keeps them from being simulated together: retired ones, several currencies, more work than there may be."""
    faults = []
    for place, scenario in enumerate(scenarios):
        if not scenario.active:
            faults.append(Fault(f"/scenario_ids/{place}", f"The scenario '{scenario.title}' is retired."))
        elif scenario.currency != scenarios[0].currency:
            detail = f"This scenario is in {scenario.currency} and the first in {scenarios[0].currency}."
            faults.append(Fault(f"/scenario_ids/{place}", f"{detail} Amounts of two currencies are not added."))
    draws = draws_of(scenarios, simulation, trials)
    if draws > MOST_DRAWS:
        fewer = max(trials * MOST_DRAWS // draws, 1)
        faults.append(Fault("/trials", f"This needs {draws:,} random numbers; at most {fewer:,} trials are possible."))
    return faults


def portfolio_expectation(
    scenarios: Sequence[ScenarioFacts], simulation: SimulationKind, trials: int
) -> dict[str, int]:
    """The mean and the standard deviation of a year of independent scenarios together."""
    deviation = math.hypot(*(scenario.expectation[f"{simulation}_deviation"] for scenario in scenarios))
    return {
        "annual_loss": sum(scenario.expectation["annual_loss"] for scenario in scenarios),
        "standard_deviation": round(deviation),
        "standard_error": round(deviation / math.sqrt(trials)),
    }


def agreement_of(
    before: Mapping[str, Any], after: Mapping[str, Any], expectation: Mapping[str, Any]
) -> dict[str, int | bool]:
    """How far the figures of a rerun agree with those of the simulation that it repeats.

    Under another version the seed gives other random numbers, and both means scatter independently around the expected
    one: they agree within four standard errors of their difference.
    """
    difference = after["mean"] - before["mean"]
    tolerance = round(4 * math.sqrt(2) * expectation["standard_error"])
    return {
        "identical": dict(before) == dict(after),
        "mean_difference": difference,
        "tolerance": tolerance,
        "within": abs(difference) <= tolerance,
    }


def _draws_a_trial(scenario: ScenarioFacts, simulation: SimulationKind) -> float:
    plan = scenario.plan
    rates, terms = len(plan["frequency"]) + len(plan["share"]), len(plan["primary"]) + len(plan["secondary"])
    events = scenario.expectation["loss_event_frequency"] if simulation == SimulationKind.COMPOUND else 1
    return 1 + len(plan["annual"]) + rates + terms * (events or 0)
