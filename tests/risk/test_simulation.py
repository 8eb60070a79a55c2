"""Simulated losses against what follows by calculation. Seeds are fixed, so that each test says the same each time."""

import json
import math
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import pytest

from services.risk.quantification.draws.rules import FACTORS, draw, stream
from services.risk.quantification.figures.rules import MOST_POINTS, figures_of
from services.risk.quantification.losses.rules import compound, product
from services.risk.quantification.moments.rules import Plan, expectation_of
from services.risk.quantification.ranges.rules import Distribution, Lognormal, Pert, Uniform, as_data, moments_of
from services.risk.quantification.simulation.rules import compare, simulate
from tests.risk.estimated import FULL, SCENARIO, A, C, constant, pert, plan, shallow

TRIALS = 100_000
SEEDS = range(20)
_OF = {"product": product, "compound": compound}


def _losses(kind: str, of: Plan, seed: int, trials: int = TRIALS, scenario: UUID = SCENARIO) -> Any:
    return _OF[kind](of.as_data(), seed=seed, scenario=scenario, trials=trials)


@pytest.mark.parametrize("kind", ["product", "compound"])
@pytest.mark.parametrize("estimate", [A, C, FULL], ids=["A", "C", "full"])
def test_simulated_means_are_within_four_standard_errors(kind: str, estimate: dict[str, Any]) -> None:
    of = plan(estimate)
    expected = expectation_of(of)
    deviation = expected.product_deviation if kind == "product" else expected.compound_deviation
    means = np.array([_losses(kind, of, seed).mean() for seed in SEEDS])
    errors = (means - expected.annual_loss) / (deviation / math.sqrt(TRIALS))
    assert np.abs(errors).max() < 4
    assert abs(errors.mean()) < 4 / math.sqrt(len(SEEDS))


@pytest.mark.parametrize("kind", ["product", "compound"])
def test_simulated_deviations_are_the_calculated_ones(kind: str) -> None:
    expected = expectation_of(plan(C))
    deviation = expected.product_deviation if kind == "product" else expected.compound_deviation
    assert _losses(kind, plan(C), 1).std() == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "quantiles"),
    [
        ("product", {0.5: 60_000, 0.9: 408_000, 0.95: 699_000, 0.99: 1_910_000}),
        ("compound", {0.5: 0, 0.9: 484_000, 0.95: 869_000, 0.99: 2_320_000}),
    ],
)
def test_scenario_a_has_its_quantiles(kind: str, quantiles: dict[float, float]) -> None:
    losses = np.concatenate([_losses(kind, plan(A), seed) for seed in SEEDS])
    for probability, amount in quantiles.items():
        assert np.quantile(losses, probability) == pytest.approx(amount, rel=0.015)


def test_a_compound_year_has_a_loss_with_the_probability_of_an_event() -> None:
    shares = [(_losses("compound", plan(A), seed) > 0).mean() for seed in SEEDS]
    assert np.mean(shares) == pytest.approx(0.468422, abs=4 * 0.5 / math.sqrt(TRIALS * len(SEEDS)))
    assert (_losses("product", plan(A), 1) > 0).all()


_DISTRIBUTIONS = [
    Pert(0, 1, 4),
    Pert(1, 3, 8),
    Pert(0, 0, 1),
    Pert(0, 1, 1),
    Pert(0, 0.002, 1),
    Lognormal(10.361633, 0.699936, None),
    Lognormal(0, 1, 2.0),
    Lognormal(5.756463, 3.49968, 200_000),
    Uniform(2, 8),
]


@pytest.mark.parametrize("distribution", _DISTRIBUTIONS, ids=str)
def test_what_is_drawn_has_the_calculated_moments(distribution: Distribution) -> None:
    moments = moments_of(distribution)
    drawn = np.concatenate(
        [draw(as_data(distribution), stream(seed, SCENARIO, "loss_magnitude"), TRIALS) for seed in SEEDS]
    )
    assert abs(drawn.mean() - moments.mean) < 4 * math.sqrt(moments.variance / len(drawn))
    assert drawn.var() == pytest.approx(moments.variance, rel=0.02)


# Ranges with their means and standard deviations by calculation.
_REFERENCES = [
    (Pert(0, 1, 4), 1.333333, math.sqrt(0.507937)),
    (Pert(1, 3, 8), 3.5, math.sqrt(1.607143)),
    (Pert(10_000, 50_000, 300_000), 85_000, 47_995.54),
    (Lognormal(10.361633, 0.699936, None), 40_400.13, 32_121.78),
    (Lognormal(11.512925, 1.399872, None), 266_398.01, 657_780.4),
]


@pytest.mark.parametrize(("distribution", "mean", "deviation"), _REFERENCES, ids=str)
def test_each_seed_draws_within_four_standard_errors_of_the_reference(
    distribution: Distribution, mean: float, deviation: float
) -> None:
    for seed in SEEDS:
        drawn = draw(as_data(distribution), stream(seed, SCENARIO, "loss_magnitude"), TRIALS)
        assert abs(drawn.mean() - mean) < 4 * deviation / math.sqrt(TRIALS)


@pytest.mark.parametrize(
    ("capability", "resistance", "share"),
    [
        (Pert(0.2, 0.6, 0.95), Pert(0.3, 0.65, 0.9), 0.413193),
        (Pert(0, 0, 1), Pert(0, 1, 1), 0.003968),
        (Pert(0.2, 0.6, 0.95), Pert(0.2, 0.6, 0.95), 0.5),
    ],
)
def test_each_seed_draws_capability_above_resistance_as_often_as_calculated(
    capability: Distribution, resistance: Distribution, share: float
) -> None:
    for seed in SEEDS:
        able = draw(as_data(capability), stream(seed, SCENARIO, "contact_frequency"), TRIALS)
        strong = draw(as_data(resistance), stream(seed, SCENARIO, "probability_of_action"), TRIALS)
        assert abs((able >= strong).mean() - share) < 4 * math.sqrt(share * (1 - share) / TRIALS)


def test_what_is_truncated_is_never_above_its_limit() -> None:
    drawn = draw(["lognormal", 0, 1, 2.0], stream(1, SCENARIO, "loss_magnitude"), TRIALS)
    assert drawn.max() <= 2.0


def test_every_factor_that_is_drawn_has_a_stream() -> None:
    for estimate in (A, C, FULL, {"annual_loss": pert(1, 2, 3)}):
        of = plan(estimate)
        for part in (of.annual, of.frequency, of.primary, of.share, of.secondary):
            assert part.keys() <= set(FACTORS)


def test_the_same_seed_gives_the_same_digits_with_the_locked_numpy() -> None:
    assert _losses("product", plan(A), 1, trials=3).round(2).tolist() == PRODUCT_OF_A
    assert _losses("compound", plan(C), 1, trials=4).round(2).tolist() == COMPOUND_OF_C


PRODUCT_OF_A = [7081.93, 13791.01, 17048.54]
COMPOUND_OF_C = [0.0, 205416.49, 26809.9, 63206.17]


def _simulated(*estimates: dict[str, Any], kind: str = "product", trials: int = 2_000, **limits: Any) -> list[Any]:
    scenarios = [
        {"id": str(uuid5(SCENARIO, str(place))), "plan": plan(estimate).as_data()}
        for place, estimate in enumerate(estimates)
    ]
    arguments = {"simulation": kind, "trials": trials, "seed": 7, "tolerance": None, "capacity": None, **limits}
    return [json.loads(part) for part in simulate(arguments, iter([json.dumps(scenarios).encode()]))]


@pytest.mark.parametrize("kind", ["product", "compound"])
def test_another_scenario_changes_none(kind: str) -> None:
    *alone, _ = _simulated(A, C, kind=kind)
    *together, _, _ = _simulated(A, C, FULL, kind=kind)
    assert together == alone


def test_a_portfolio_is_of_independent_scenarios() -> None:
    """Ten events with 10 % a year each: one of them at least happens in 65 % of years, not in 10 %."""
    rate = -math.log(0.9)
    *_, portfolio = _simulated(*[shallow(constant(rate), constant(100))] * 10, kind="compound", trials=TRIALS)
    share = portfolio["figures"]["probability_of_loss"]
    assert share == pytest.approx(0.651322, abs=4 * math.sqrt(0.651322 * 0.348678 / TRIALS))


def test_what_never_happens_costs_nothing() -> None:
    for kind in ("product", "compound"):
        result, portfolio = _simulated(shallow(constant(0), constant(100)), kind=kind, tolerance=0, capacity=5)
        assert result == portfolio["figures"]
        assert (result["mean"], result["standard_deviation"], result["probability_of_loss"]) == (0, 0, 0)
        assert result["curve"] == [{"amount": 0, "probability": 0}]
        assert (result["above_tolerance"], result["above_capacity"]) == (0, 0)


def test_what_does_not_vary_is_always_the_same() -> None:
    result, _ = _simulated(shallow(pert(2, 2, 2), constant(300)), tolerance=600, capacity=599)
    assert (result["mean"], result["standard_error"]) == (600, 0)
    assert {percentile["amount"] for percentile in result["percentiles"]} == {600}
    assert [tail["amount"] for tail in result["tail_means"]] == [600, 600]
    assert (result["above_tolerance"], result["above_capacity"]) == (0, 1)


@pytest.mark.parametrize("kind", ["product", "compound"])
def test_the_curve_falls_and_is_one_less_the_distribution(kind: str) -> None:
    losses = _losses(kind, plan(A), 3, trials=20_000)
    curve = figures_of(losses, tolerance=None, capacity=None)["curve"]
    assert len(curve) <= MOST_POINTS
    assert curve[0] == {"amount": 0, "probability": (losses > 0).mean()}
    probabilities = [point["probability"] for point in curve]
    assert probabilities == sorted(probabilities, reverse=True)
    for point in curve:
        assert point["probability"] == pytest.approx(1 - (losses <= point["amount"]).mean(), abs=1e-12)
    assert 9 / 20_000 <= probabilities[-1] <= 11 / 20_000


def test_percentiles_have_intervals_and_the_tail_is_beyond() -> None:
    losses = _losses("compound", plan(A), 3)
    figures = figures_of(losses, tolerance=None, capacity=None)
    for percentile in figures["percentiles"]:
        assert percentile["low"] <= percentile["amount"] <= percentile["high"]
        below = (losses <= percentile["amount"]).mean()
        assert below == pytest.approx(percentile["probability"], abs=1e-4) or percentile["amount"] == 0
    assert figures["tail_means"][0]["amount"] == pytest.approx(1_910_000, rel=0.05)
    assert figures["tail_means"][0]["amount"] > figures["percentiles"][5]["amount"]


def _compared(before: dict[str, Any], after: dict[str, Any], cost: int) -> dict[str, Any]:
    scenario = {"id": str(SCENARIO), "before": plan(before).as_data(), "after": plan(after).as_data()}
    arguments = {"trials": 10_000, "seed": 5, "yearly_cost": cost}
    (answer,) = compare(arguments, iter([json.dumps([scenario]).encode()]))
    figures: dict[str, Any] = json.loads(answer)["figures"]
    return figures


def test_a_paired_difference_is_more_exact_than_one_of_separate_simulations() -> None:
    treated = shallow(pert(0.05, 0.2, 0.8), A["loss_magnitude"]["estimate"])
    figures = _compared(A, treated, 50_000)
    reduction = figures["reduction"]
    expected = expectation_of(plan(A)).annual_loss - expectation_of(plan(treated)).annual_loss
    assert reduction["low"] <= expected <= reduction["high"]
    assert reduction["standard_error"] < 0.7 * reduction["unpaired_standard_error"]
    assert 0 < figures["probability_of_paying"] < 1


def test_what_a_treatment_does_not_change_differs_in_no_trial() -> None:
    reduction = _compared(C, C, 1)["reduction"]
    assert (reduction["mean"], reduction["standard_error"]) == (0, 0)
