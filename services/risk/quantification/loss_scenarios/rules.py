"""What is kept of an estimate: the plan that is drawn from, its expectation and what to be careful about. Pure."""

from dataclasses import asdict
from typing import Any

from services.risk.quantification.estimates.rules import faults_of, heavy_tails, means_of, too_frequent
from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.loss_scenarios.schemas import CautionCode
from services.risk.quantification.moments.rules import Plan, expectation_of, plan_of
from services.risk.quantification.ranges.rules import distribution_of, moments_of
from shared.problems import Fault, Invalid


def planned(estimate: Estimate, at: str) -> Plan:
    """The plan of an estimate; `at` is its pointer in the request. `Invalid` with every fault where there is one."""
    faults = faults_of(estimate, at)
    plan = None if faults else plan_of(estimate)
    if plan is not None:
        faults = too_frequent(expectation_of(plan).frequency or 0.0, at)
    if plan is None or faults:
        raise _refused(faults)
    return plan


def estimate_columns(estimate: Estimate) -> dict[str, Any]:
    """The columns of a scenario that follow from its estimate. `Invalid` as by `planned`."""
    plan = planned(estimate, "/estimate")
    expected = asdict(expectation_of(plan))
    frequency, susceptibility = expected.pop("frequency"), expected.pop("susceptibility")
    magnitude = expected.pop("magnitude")
    return {
        "estimate": estimate.model_dump(mode="json", exclude_none=True),
        "plan": plan.as_data(),
        "expectation": {
            **{name: round(amount) for name, amount in expected.items()},
            "loss_event_frequency": frequency,
            "loss_magnitude": None if magnitude is None else round(magnitude),
            "susceptibility": susceptibility,
            "means": means_of(estimate, ""),
        },
        "cautions": _cautions(estimate),
    }


def _cautions(estimate: Estimate) -> list[dict[str, str]]:
    cautions = []
    for entry in heavy_tails(estimate, ""):
        mean, p95 = moments_of(distribution_of(entry.range)).mean, entry.range.p95
        assert p95, "a lognormal range has it"
        detail = (
            f"The range is so wide that a few trials decide its mean, which is {mean / p95:.2f} times p95. "
            "Narrow it, or for an amount say at_most."
        )
        cautions.append({"code": CautionCode.HEAVY_TAIL.value, "pointer": entry.pointer, "detail": detail})
    return cautions


def _refused(faults: list[Fault]) -> Invalid:
    return Invalid("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults[:3]), faults=faults)
