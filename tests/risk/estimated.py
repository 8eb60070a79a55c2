"""Estimates with known figures, for the tests of quantification: cases A, B and C of the reference table."""

from typing import Any
from uuid import UUID

from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.moments.rules import Plan, plan_of
from tests.support import Organisation, created

SCENARIO = UUID("01900000-0000-7000-8000-00000000000a")


def pert(minimum: float, most_likely: float, maximum: float) -> dict[str, Any]:
    return {"shape": "pert", "minimum": minimum, "most_likely": most_likely, "maximum": maximum}


def lognormal(p5: float, p95: float, **more: Any) -> dict[str, Any]:
    return {"shape": "lognormal", "p5": p5, "p95": p95, **more}


def constant(value: float) -> dict[str, Any]:
    return {"shape": "constant", "value": value}


def shallow(frequency: dict[str, Any], magnitude: dict[str, Any]) -> dict[str, Any]:
    """An estimate of frequency and magnitude as a whole."""
    return {"loss_event_frequency": {"estimate": frequency}, "loss_magnitude": {"estimate": magnitude}}


A = shallow(pert(0.1, 0.5, 2), lognormal(10_000, 1_000_000))
B = {"threat_capability": pert(0.2, 0.6, 0.95), "resistance_strength": pert(0.3, 0.65, 0.9)}
C: dict[str, Any] = {
    "loss_event_frequency": {"threat_event_frequency": {"estimate": pert(1, 3, 8)}, "susceptibility": B},
    "loss_magnitude": {
        "primary": {"response": pert(10_000, 50_000, 300_000)},
        "secondary": {
            "loss_event_frequency": pert(0.05, 0.2, 0.5),
            "magnitude": {"estimate": pert(50_000, 200_000, 2_000_000)},
        },
    },
}
_FORM = pert(10_000, 50_000, 300_000)
FULL: dict[str, Any] = {
    "loss_event_frequency": {
        "threat_event_frequency": {"contact_frequency": pert(1, 5, 20), "probability_of_action": pert(0.1, 0.2, 0.9)},
        "susceptibility": {"estimate": pert(0.1, 0.3, 0.6)},
    },
    "loss_magnitude": {
        "primary": dict.fromkeys(("productivity", "response", "replacement"), _FORM),
        "secondary": {
            "loss_event_frequency": pert(0.05, 0.2, 0.5),
            "magnitude": dict.fromkeys(("fines_and_judgments", "competitive_advantage", "reputation"), _FORM),
        },
    },
}


def plan(estimate: dict[str, Any]) -> Plan:
    return plan_of(Estimate.model_validate(estimate))


async def estimated(
    org: Organisation, risk: str, estimate: dict[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """A loss scenario of a risk."""
    draft = {
        "title": "Records are copied",
        "currency": "EUR",
        "estimate": estimate or A,
        "rationale": "Past incidents.",
    }
    return created(await org.risk.post(f"/v1/risks/{risk}/loss-scenarios", json=draft | changes))
