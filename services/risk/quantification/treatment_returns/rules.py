"""What a treatment avoids and what that returns, by calculation. Pure functions."""

from collections.abc import Sequence
from typing import Any

from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.loss_scenarios.rules import planned
from services.risk.quantification.loss_simulations.rules import ScenarioFacts
from services.risk.quantification.moments.rules import Plan, expectation_of
from services.risk.quantification.treatment_returns.schemas import ChangedScenario
from shared.problems import Fault


def plans_after(changes: Sequence[ChangedScenario]) -> list[Plan]:
    """The plans with the treatment in place. `Invalid` with pointers into the request."""
    return [planned(change.after, f"/changes/{place}/after") for place, change in enumerate(changes)]


def faults_in(scenarios: Sequence[ScenarioFacts | None], currency: str) -> list[Fault]:
    """Scenarios that cannot be compared: unknown, retired, named twice, or in another currency."""
    faults, seen = [], set()
    for place, scenario in enumerate(scenarios):
        at = f"/changes/{place}/scenario_id"
        if scenario is None:
            faults.append(Fault(at, "There is no such loss scenario."))
        elif not scenario.active:
            faults.append(Fault(at, f"The scenario '{scenario.title}' is retired."))
        elif scenario.id in seen:
            faults.append(Fault(at, "The scenario is already listed."))
        elif scenario.currency != currency:
            faults.append(Fault(at, f"This scenario is in {scenario.currency}, and the cost in {currency}."))
        if scenario is not None:
            seen.add(scenario.id)
    return faults


def change_of(scenario: ScenarioFacts, after: Estimate, plan: Plan) -> dict[str, Any]:
    """A change as it is kept and answered."""
    return {
        "scenario_id": str(scenario.id),
        "title": scenario.title,
        "estimate_number": scenario.estimate_number,
        "before": scenario.estimate,
        "after": after.model_dump(mode="json", exclude_none=True),
        "before_annual_loss": scenario.expectation["annual_loss"],
        "after_annual_loss": round(expectation_of(plan).annual_loss),
    }


def expected_return(changes: Sequence[dict[str, Any]], yearly_cost: int) -> dict[str, Any]:
    """Mean annual loss before less after less yearly cost, which is above 0."""
    before, after = (sum(change[name] for change in changes) for name in ("before_annual_loss", "after_annual_loss"))
    net = before - after - yearly_cost
    return {
        "before": before,
        "after": after,
        "reduction": before - after,
        "net_benefit": net,
        "return_on_cost": net / yearly_cost,
    }


def figures_with_cost(figures: dict[str, Any], yearly_cost: int) -> dict[str, Any]:
    """The simulated figures with the net benefit: the paired difference, moved by the cost."""
    reduction = figures["reduction"]
    moved = {name: reduction[name] - yearly_cost for name in ("mean", "low", "high")}
    return figures | {"net_benefit": moved | {"standard_error": reduction["standard_error"]}}
