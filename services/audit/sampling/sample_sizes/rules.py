"""How many items an attribute sample needs. Pure, in exact arithmetic.

The size is the smallest n for which P(X ≤ k) ≤ risk, with k = ⌈n · expected⌉ deviations. X is binomial (n, tolerable)
for a population whose number of items is not known or does not matter, and hypergeometric (N, ⌈N · tolerable⌉, n) for
one of N items (AICPA, Audit Sampling, appendix A; GAO, Financial Audit Manual, section 450).
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, floor

LARGEST = 2_000  # items; nobody carries out a plan that needs more


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """What an attribute sample is to show, as shares of 1.

    `risk` is that of assessing the deviation rate too low (1 - confidence), `tolerable` the rate that is accepted, and
    `expected` the one that is foreseen. `population` is the number of its items; None where it does not matter.
    """

    risk: Fraction
    tolerable: Fraction
    expected: Fraction = Fraction(0)
    population: int | None = None


@dataclass(frozen=True, slots=True)
class SizePlan:
    """How many items to test, and how many deviations among them the plan allows for."""

    size: int
    deviations: int


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability as a fraction that is not reduced, since reducing takes longer than all the rest."""

    ways: int
    of: int

    def is_within(self, risk: Fraction) -> bool:
        return self.ways * risk.denominator <= risk.numerator * self.of


def attribute_size(plan: AttributePlan) -> SizePlan | None:
    """The smallest size for which the plan holds; all items where no smaller one does. None beyond the `LARGEST`.

    With every item tested nothing is left to a chance, so that no deviations need to be allowed for.
    """
    most = _most(plan)
    deviations = 0
    while True:
        # Between these sizes the plan allows for just so many deviations, and the chance of them falls.
        first = floor((deviations - 1) / plan.expected) + 1 if plan.expected and deviations else 1
        last = min(most, floor(deviations / plan.expected)) if plan.expected else most
        if first > most:
            break
        if first <= last and _holds(plan, last, deviations):
            return SizePlan(_smallest(plan, first, last, deviations), deviations)
        if not plan.expected:
            break
        deviations += 1
    return SizePlan(most, 0) if most == plan.population else None


def size_for(plan: AttributePlan, deviations: int) -> int | None:
    """The smallest size for so many deviations, whatever is expected: what a sample is extended to.

    None where the population has too few items, and beyond the `LARGEST`.
    """
    most = _most(plan)
    return _smallest(plan, 1, most, deviations) if _holds(plan, most, deviations) else None


def _most(plan: AttributePlan) -> int:
    return LARGEST if plan.population is None else min(LARGEST, plan.population)


def _smallest(plan: AttributePlan, first: int, last: int, deviations: int) -> int:
    """The smallest size from `first` to `last`, which holds."""
    while first < last:
        middle = (first + last) // 2
        if _holds(plan, middle, deviations):
            last = middle
        else:
            first = middle + 1
    return last


def _holds(plan: AttributePlan, size: int, deviations: int) -> bool:
    if plan.population is None:
        return binomial_chance(size, deviations, plan.tolerable).is_within(plan.risk)
    deviating = ceil(plan.population * plan.tolerable)
    return hypergeometric_chance(plan.population, deviating, size, deviations).is_within(plan.risk)


def binomial_chance(size: int, deviations: int, rate: Fraction) -> Chance:
    """P(X ≤ deviations) among `size` items, each of which deviates with this rate."""
    p, q = rate.numerator, rate.denominator - rate.numerator
    most = min(deviations, size)
    ways = sum(comb(size, count) * p**count * q ** (most - count) for count in range(most + 1))
    return Chance(ways * q ** (size - most), rate.denominator**size)


def hypergeometric_chance(population: int, deviating: int, size: int, deviations: int) -> Chance:
    """P(X ≤ deviations) among `size` items that are drawn from a population with so many deviating ones."""
    sound = population - deviating
    least, most = max(0, size - sound), min(deviations, deviating, size)
    if most < least:
        return Chance(0, 1)
    ways = comb(deviating, least) * comb(sound, size - least)
    total = 0
    for count in range(least, most + 1):
        total += ways
        ways = ways * (deviating - count) * (size - count) // ((count + 1) * (sound - size + count + 1))
    return Chance(total, comb(population, size))
