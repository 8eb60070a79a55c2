"""What an estimate amounts to by calculation, and which estimates are refused: rules alone, without numpy."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.risk.quantification.estimates.rules import faults_of
from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.loss_scenarios.rules import estimate_columns
from services.risk.quantification.moments.rules import expectation_of, probability_of_reaching
from services.risk.quantification.percentiles.rules import pert_below, pert_with
from services.risk.quantification.ranges.rules import Constant, Lognormal, Pert, Uniform, distribution_of, moments_of
from services.risk.quantification.ranges.schemas import AmountRange
from shared.problems import Invalid
from tests.risk.estimated import FULL, A, B, C, constant, lognormal, pert, plan, shallow

_PERT = [
    (Pert(0, 1, 4), 1.333333, 0.507937),
    (Pert(1, 3, 8), 3.5, 1.607143),
    (Pert(10_000, 50_000, 300_000), 85_000, 47_995.54**2),
]


@pytest.mark.parametrize(("distribution", "mean", "variance"), _PERT)
def test_pert_has_its_moments(distribution: Pert, mean: float, variance: float) -> None:
    moments = moments_of(distribution)
    assert moments.mean == pytest.approx(mean, rel=1e-6)
    assert moments.variance == pytest.approx(variance, rel=1e-6)


@pytest.mark.parametrize(
    ("ends", "p5", "p95"),
    [((0, 1, 4), 0.305762, 2.629633), ((10_000, 50_000, 300_000), 21_600, 176_262), ((0.1, 0.5, 2), 0.219, 1.295)],
)
def test_pert_has_its_percentiles(ends: tuple[float, float, float], p5: float, p95: float) -> None:
    assert pert_below(p5, *ends) == pytest.approx(0.05, abs=2e-4)
    assert pert_below(p95, *ends) == pytest.approx(0.95, abs=2e-4)


@pytest.mark.parametrize(
    ("p5", "p95", "mu", "sigma", "mean"),
    [
        (10_000, 100_000, 10.361633, 0.699936, 40_400.13),
        (10_000, 1_000_000, 11.512925, 1.399872, 266_398.01),
        (1, 100_000, 5.756463, 3.49968, 144_400),
    ],
)
def test_lognormal_comes_from_its_90_percent_interval(p5: int, p95: int, mu: float, sigma: float, mean: float) -> None:
    distribution = distribution_of(AmountRange.model_validate(lognormal(p5, p95)))
    assert isinstance(distribution, Lognormal)
    assert (distribution.mu, distribution.sigma) == pytest.approx((mu, sigma), rel=1e-5)
    assert moments_of(distribution).mean == pytest.approx(mean, rel=1e-3)


def test_the_other_shapes_have_their_moments() -> None:
    assert moments_of(Uniform(2, 8)).variance == pytest.approx(3)
    assert moments_of(Constant(5)).variance == 0
    truncated = moments_of(Lognormal(0, 1, math.exp(1)))
    assert truncated.mean == pytest.approx(math.exp(0.5) * 0.5 / 0.8413447461)
    assert moments_of(Lognormal(0, 1, 1e30)).mean == pytest.approx(math.exp(0.5))


def test_what_does_not_vary_is_a_constant() -> None:
    for same in (pert(7, 7, 7), {"shape": "uniform", "minimum": 7, "maximum": 7}, constant(7)):
        assert distribution_of(AmountRange.model_validate(same)) == Constant(7)


@given(st.floats(0, 1e6), st.floats(0, 1), st.floats(1, 1e6), st.sampled_from([0.01, 0.05, 0.5, 0.95]))
def test_a_pert_is_found_again_from_its_percentiles(low: float, place: float, width: float, probability: float) -> None:
    high = low + width
    mode = low + width * min(max(place, 0.05), 0.95)
    p5, p95 = (_percentile(share, low, mode, high) for share in (0.05, 0.95))
    ends = pert_with(p5, mode, p95)
    assert ends is not None
    assert ends == pytest.approx((low, high), abs=width * 1e-5)
    assert pert_below(low + width * probability, ends[0], mode, ends[1]) == pytest.approx(
        pert_below(low + width * probability, low, mode, high), abs=1e-5
    )


def _percentile(share: float, low: float, mode: float, high: float) -> float:
    below, above = low, high
    for _ in range(80):
        middle = (below + above) / 2
        below, above = (middle, above) if pert_below(middle, low, mode, high) < share else (below, middle)
    return below


@pytest.mark.parametrize(
    ("capability", "strength", "probability"),
    [
        (Pert(0.2, 0.6, 0.95), Pert(0.3, 0.65, 0.9), 0.413193),
        (Pert(0, 0, 1), Pert(0, 1, 1), 0.003968),
        (Pert(0.2, 0.6, 0.95), Pert(0.2, 0.6, 0.95), 0.5),
        (Uniform(0, 1), Constant(0.25), 0.75),
        (Constant(0.5), Uniform(0, 1), 0.5),
        (Constant(0.5), Constant(0.5), 1),
        (Constant(0.4), Constant(0.5), 0),
    ],
)
def test_susceptibility_is_the_probability_that_capability_reaches_strength(
    capability: Pert, strength: Pert, probability: float
) -> None:
    assert probability_of_reaching(capability, strength) == pytest.approx(probability, abs=2e-6)


def test_scenario_a_has_its_expectation() -> None:
    expected = expectation_of(plan(A))
    assert expected.annual_loss == pytest.approx(182_038.64, abs=0.01)
    assert expected.product_deviation == pytest.approx(507_244, abs=1)
    assert expected.compound_deviation == pytest.approx(593_248, abs=1)


def test_scenario_c_has_its_expectation() -> None:
    expected = expectation_of(plan(C))
    assert expected.frequency == pytest.approx(1.446175, abs=1e-5)
    assert expected.magnitude == pytest.approx(191_875)
    assert expected.annual_loss == pytest.approx(277_484.88, abs=1)


def test_means_are_those_of_pyfair() -> None:
    """Pyfair 0.1a13 fits another beta distribution to each range; its means are the same (a + 4 m + b) / 6."""
    means = estimate_columns(Estimate.model_validate(FULL))["expectation"]["means"]
    assert means["/loss_event_frequency/threat_event_frequency/contact_frequency"] == pytest.approx((1 + 20 + 20) / 6)
    assert means["/loss_magnitude/primary/response"] == pytest.approx((10_000 + 200_000 + 300_000) / 6)


def test_single_loss_expectancy_times_rate_of_occurrence() -> None:
    estimate = shallow(constant(3), constant(25_000))
    assert expectation_of(plan(estimate)).annual_loss == 75_000
    assert expectation_of(plan(estimate)).product_deviation == 0
    assert expectation_of(plan(estimate)).compound_deviation == pytest.approx(25_000 * math.sqrt(3))


_AT = "/estimate/loss_event_frequency"
_LM = "/estimate/loss_magnitude/estimate"
FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["/estimate"]),
    ({"annual_loss": pert(1, 2, 3), "loss_event_frequency": {"estimate": constant(1)}}, [_AT]),
    ({"loss_event_frequency": {"estimate": constant(1)}}, ["/estimate/loss_magnitude"]),
    (A | {"loss_event_frequency": {}}, [_AT]),
    (A | {"loss_event_frequency": {"estimate": constant(1), "susceptibility": B}}, [f"{_AT}/susceptibility"]),
    (A | {"loss_event_frequency": {"susceptibility": B}}, [f"{_AT}/threat_event_frequency"]),
    (
        A
        | {
            "loss_event_frequency": C["loss_event_frequency"] | {"susceptibility": {"threat_capability": pert(0, 0, 1)}}
        },
        [f"{_AT}/susceptibility/resistance_strength"],
    ),
    (A | {"loss_magnitude": {"primary": {}}}, ["/estimate/loss_magnitude/primary"]),
    (A | {"loss_magnitude": {"secondary": C["loss_magnitude"]["secondary"]}}, ["/estimate/loss_magnitude/primary"]),
    (
        A | {"loss_magnitude": {"primary": {"estimate": constant(1), "response": constant(1)}}},
        ["/estimate/loss_magnitude/primary/response"],
    ),
    (shallow(pert(2, 1, 3), constant(1)), [f"{_AT}/estimate/most_likely"]),
    (shallow(pert(1, 3, 2), constant(1)), [f"{_AT}/estimate/maximum"]),
    (shallow(constant(1), {"shape": "uniform", "minimum": 2, "maximum": 1}), [f"{_LM}/maximum"]),
    (
        shallow(constant(1), {"shape": "pert", "minimum": 1, "value": 2}),
        [f"{_LM}/{name}" for name in ("value", "most_likely", "maximum")],
    ),
    (shallow(constant(1), {"shape": "uniform", "minimum": 1, "maximum": 2, "at_most": 3}), [f"{_LM}/at_most"]),
    (shallow(constant(1), lognormal(0, 10)), [f"{_LM}/p5"]),
    (shallow(constant(1), lognormal(10, 10)), [f"{_LM}/p95"]),
    (shallow(constant(1), lognormal(10, 5)), [f"{_LM}/p95"]),
    (shallow(constant(1), lognormal(1, 100_000)), [f"{_LM}/p95"]),
    (shallow(constant(1), lognormal(10, 100, at_most=50)), [f"{_LM}/at_most"]),
    (shallow(constant(1), {"shape": "pert_percentiles", "p5": 10, "most_likely": 50, "p95": 300}), [f"{_LM}/p5"]),
    (
        A | {"loss_event_frequency": C["loss_event_frequency"] | {"susceptibility": {"estimate": lognormal(0.1, 0.2)}}},
        [f"{_AT}/susceptibility/estimate/shape"],
    ),
    (
        A
        | {
            "loss_event_frequency": C["loss_event_frequency"]
            | {
                "susceptibility": {
                    "estimate": {"shape": "pert_percentiles", "p5": 0.5, "most_likely": 0.8, "p95": 0.99}
                }
            }
        },
        [f"{_AT}/susceptibility/estimate/p95"],
    ),
]


@pytest.mark.parametrize(("estimate", "pointers"), FAULTY)
def test_a_faulty_estimate_is_refused_with_pointers(estimate: dict[str, Any], pointers: list[str]) -> None:
    faults = faults_of(Estimate.model_validate(estimate), "/estimate")
    assert [fault.pointer for fault in faults] == pointers
    assert all(fault.detail for fault in faults)


def test_what_happens_all_the_time_is_no_risk() -> None:
    with pytest.raises(Invalid) as refused:
        estimate_columns(Estimate.model_validate(shallow(constant(10_001), constant(1))))
    assert [fault.pointer for fault in refused.value.faults] == ["/estimate/loss_event_frequency"]


def test_a_wide_lognormal_range_is_cautioned_and_a_truncated_one_is_not() -> None:
    wide = estimate_columns(Estimate.model_validate(shallow(constant(1), lognormal(1, 1_000))))
    assert [(caution["code"], caution["pointer"]) for caution in wide["cautions"]] == [
        ("heavy_tail", "/loss_magnitude/estimate")
    ]
    for narrower in (lognormal(1, 300), lognormal(1, 1_000, at_most=5_000), lognormal(1, 100_000, at_most=200_000)):
        assert estimate_columns(Estimate.model_validate(shallow(constant(1), narrower)))["cautions"] == []
