"""Sizes and limits of attribute samples: reference values, and what holds of all of them."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.audit.sampling.deviation_limits.rules import UpperLimit, upper_limit
from services.audit.sampling.sample_sizes.rules import (
    AttributePlan,
    SizePlan,
    attribute_size,
    binomial_chance,
    hypergeometric_chance,
    size_for,
)
from services.audit.sampling.sampling_policies.models import ControlRisk, SampledFrequency
from services.audit.sampling.sampling_policies.rules import size_by_policy
from services.audit.sampling.sampling_policies.schemas import SamplingPolicyTerms

# Zero deviations expected, by items of the population: 90 % and 95 % confidence, 10 % and 5 % tolerable.
SIZES = {
    12: (8, 11, 9, 12),
    52: (16, 28, 20, 33),
    100: (20, 37, 25, 45),
    150: (21, 37, 26, 46),
    250: (21, 40, 27, 51),
    500: (22, 43, 28, 56),
    1000: (22, 44, 29, 57),
    None: (22, 45, 29, 59),
}
_PLANS = ((90, 10), (90, 5), (95, 10), (95, 5))
_RISKS = st.sampled_from([Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)])


def _plan(confidence: int, tolerable: int, expected: Fraction = Fraction(0), items: int | None = None) -> AttributePlan:
    return AttributePlan(1 - Fraction(confidence, 100), Fraction(tolerable, 100), expected, items)


@pytest.mark.parametrize("items", SIZES)
def test_the_table_of_sizes(items: int | None) -> None:
    found = [attribute_size(_plan(*shares, items=items)) for shares in _PLANS]
    assert found == [SizePlan(size, 0) for size in SIZES[items]]


@pytest.mark.parametrize(
    ("confidence", "tolerable", "deviations", "size"),
    [(90, 10, 1, 38), (95, 10, 1, 46), (90, 5, 1, 77), (95, 5, 1, 93), (90, 5, 0, 45), (90, 5, 2, 105), (95, 5, 0, 59)],
)
def test_sizes_for_deviations_that_were_found(confidence: int, tolerable: int, deviations: int, size: int) -> None:
    assert size_for(_plan(confidence, tolerable), deviations) == size


def test_a_plan_allows_for_what_is_expected() -> None:
    assert attribute_size(_plan(95, 5, Fraction(1, 100))) == SizePlan(93, 1)
    assert attribute_size(_plan(90, 10, Fraction(2, 100))) == SizePlan(38, 1)


def test_what_no_sample_shows_has_no_size() -> None:
    assert attribute_size(_plan(99, 1, Fraction(9, 1000))) is None
    assert attribute_size(_plan(95, 10, items=1)) == SizePlan(1, 0)
    assert attribute_size(_plan(95, 5, Fraction(4, 100), items=10)) == SizePlan(10, 0), "all items, and nothing is left"
    assert size_for(_plan(90, 10, items=5), 1) is None


@given(
    risk=_RISKS,
    tolerable=st.integers(2, 20),
    expected=st.integers(0, 10),
    items=st.one_of(st.none(), st.integers(1, 400)),
)
def test_a_size_is_the_smallest_that_keeps_the_risk(
    risk: Fraction, tolerable: int, expected: int, items: int | None
) -> None:
    assume(expected < tolerable)
    plan = AttributePlan(risk, Fraction(tolerable, 100), Fraction(expected, 200), items)
    found = attribute_size(plan)
    most = min(found.size if found else 300, 300)

    def holds(size: int) -> bool:
        allowed = -(-size * expected // 200)
        if items is None:
            return binomial_chance(size, allowed, plan.tolerable).is_within(risk)
        return hypergeometric_chance(items, -(-items * tolerable // 100), size, allowed).is_within(risk)

    assert not any(holds(size) for size in range(1, most))
    if found and found.size <= 300 and found.size != items:
        assert holds(found.size)


@given(size=st.integers(1, 60), deviations=st.integers(0, 60), tolerable=st.integers(1, 50))
def test_a_large_population_is_as_one_without_a_number(size: int, deviations: int, tolerable: int) -> None:
    near = hypergeometric_chance(1_000_000, 10_000 * tolerable, size, deviations)
    far = binomial_chance(size, deviations, Fraction(tolerable, 100))
    assert abs(near.ways / near.of - far.ways / far.of) < 0.001


@pytest.mark.parametrize(
    ("size", "deviations", "confidence", "items", "limit"),
    [
        (25, 0, 90, 250, UpperLimit(80, 20)),
        (25, 0, 95, 250, UpperLimit(104, 26)),
        (25, 1, 90, 250, UpperLimit(140, 35)),
        (5, 0, 90, 52, UpperLimit(347, 18)),
        (2, 0, 90, 12, UpperLimit(584, 7)),
        (2, 0, 90, 4, UpperLimit(500, 2)),
        (25, 0, 90, None, UpperLimit(88)),
        (40, 0, 90, None, UpperLimit(56)),
        (60, 0, 90, None, UpperLimit(38)),
        (59, 0, 95, None, UpperLimit(50)),
        (22, 0, 90, None, UpperLimit(100)),
        (3, 3, 95, None, UpperLimit(1000)),
        (12, 1, 95, 12, UpperLimit(84, 1)),
    ],
)
def test_upper_limits(size: int, deviations: int, confidence: int, items: int | None, limit: UpperLimit) -> None:
    assert upper_limit(size, deviations, 1 - Fraction(confidence, 100), items) == limit


@given(size=st.integers(1, 80), deviations=st.integers(0, 79), risk=_RISKS, more=st.integers(0, 200))
def test_a_limit_rises_with_deviations_and_falls_with_items(
    size: int, deviations: int, risk: Fraction, more: int
) -> None:
    assume(deviations < size)
    for items in (None, size + more):
        limit = upper_limit(size, deviations, risk, items).per_mille
        assert limit >= upper_limit(size, deviations, risk * 2, items).per_mille, "less confidence"
        assert limit <= upper_limit(size, deviations + 1, risk, items).per_mille
        assert limit * size >= 1000 * deviations if items is None else True
        if items is None or size < items:
            assert limit >= upper_limit(size + 1, deviations, risk, items).per_mille


@pytest.mark.parametrize(("size", "deviations", "items"), [(3, 4, None), (0, 0, None), (5, 1, 4), (5, -1, None)])
def test_what_cannot_be_has_no_limit(size: int, deviations: int, items: int | None) -> None:
    with pytest.raises(ValueError, match="cannot deviate"):
        upper_limit(size, deviations, Fraction(1, 10), items)


@pytest.mark.parametrize(
    ("frequency", "items", "low", "high"),
    [
        (SampledFrequency.ANNUAL, 1, 1, 1),
        (SampledFrequency.QUARTERLY, 4, 2, 2),
        (SampledFrequency.QUARTERLY, 1, 1, 1),
        (SampledFrequency.MONTHLY, 12, 2, 5),
        (SampledFrequency.MONTHLY, 6, 2, 3),
        (SampledFrequency.SEMI_MONTHLY, 24, 3, 8),
        (SampledFrequency.WEEKLY, 52, 5, 15),
        (SampledFrequency.WEEKLY, 26, 5, 8),
        (SampledFrequency.DAILY, 250, 20, 40),
        (SampledFrequency.DAILY, 365, 20, 40),
        (SampledFrequency.DAILY, 180, 20, 29),
        (SampledFrequency.MANY_A_DAY, 100_000, 25, 60),
        (SampledFrequency.MANY_A_DAY, 30, 25, 30),
        (SampledFrequency.ON_EVENT, 3, 3, 3),
        (SampledFrequency.ON_EVENT, 5, 5, 5),
        (SampledFrequency.ON_EVENT, 50, 5, 5),
        (SampledFrequency.ON_EVENT, 52, 6, 6),
        (SampledFrequency.ON_EVENT, 250, 25, 25),
        (SampledFrequency.ON_EVENT, 251, 25, 60),
        (SampledFrequency.AUTOMATED, 9_000, 1, 1),
    ],
)
def test_the_policy_that_comes_with_attest(frequency: SampledFrequency, items: int, low: int, high: int) -> None:
    terms = SamplingPolicyTerms()
    assert size_by_policy(terms, frequency, ControlRisk.LOW, items) == low
    assert size_by_policy(terms, frequency, ControlRisk.HIGH, items) == high


@given(frequency=st.sampled_from(SampledFrequency), risk=st.sampled_from(ControlRisk), items=st.integers(1, 10**7))
def test_no_policy_asks_for_more_than_there_is(frequency: SampledFrequency, risk: ControlRisk, items: int) -> None:
    assert 1 <= size_by_policy(SamplingPolicyTerms(), frequency, risk, items) <= min(items, 60)
