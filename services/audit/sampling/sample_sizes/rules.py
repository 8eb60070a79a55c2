"""How many items an attribute sample needs. Pure, in exact arithmetic.

The size is the smallest n for which P(X ≤ k) ≤ risk, with k = ⌈n · expected⌉ deviations. X is binomial (n, tolerable)
for a population whose number of items is not known or does not matter, and hypergeometric (N, ⌈N · tolerable⌉, n) for
one of N items (AICPA, Audit Sampling, appendix A; GAO, Financial Audit Manual, section 450).
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, perm

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

    With every item tested nothing is left to a chance, so that no deviations need to be allowed for. The chances of
    each size follow from those of the one before: of all sequences of draws, `of`, those with at most so many
    deviations go on but for the ones that have just so many, `exactly`, and draw one more.
    """
    draws, most = _draws(plan), _most(plan)
    at_most, exactly, of, deviations = 1, 1, 1, 0
    for size in range(1, most + 1):
        deviating, sound = draws.deviating(deviations), draws.sound(size - 1 - deviations)
        at_most = at_most * (deviating + sound) - exactly * deviating
        exactly = exactly * size * sound // (size - deviations)
        of *= deviating + sound
        while deviations < ceil(size * plan.expected):
            deviations += 1
            exactly = draws.one_more(exactly, size, deviations)
            at_most += exactly
        if Chance(at_most, of).is_within(plan.risk):
            return SizePlan(size, deviations)
    return SizePlan(most, 0) if most == plan.population else None


@dataclass(frozen=True, slots=True)
class _Draws:
    """From how many items a draw takes a deviating or a sound one, after so many of these.

    Without a `population` each draw is from the same items: one in `all_items`, of which `deviating_items` deviate.
    """

    deviating_items: int
    all_items: int
    is_finite: bool

    def deviating(self, taken: int) -> int:
        return self.deviating_items - taken if self.is_finite else self.deviating_items

    def sound(self, taken: int) -> int:
        items = self.all_items - self.deviating_items
        return items - taken if self.is_finite else items

    def one_more(self, exactly: int, size: int, deviations: int) -> int:
        """How many sequences have just so many deviations, of how many have one less."""
        if exactly:
            ways = exactly * (size - deviations + 1) * self.deviating(deviations - 1)
            return ways // (deviations * self.sound(size - deviations))
        if not self.is_finite or deviations > size:
            return 0
        sound = self.all_items - self.deviating_items
        return comb(size, deviations) * perm(self.deviating_items, deviations) * perm(sound, size - deviations)


def _draws(plan: AttributePlan) -> _Draws:
    if plan.population is None:
        return _Draws(plan.tolerable.numerator, plan.tolerable.denominator, is_finite=False)
    return _Draws(ceil(plan.population * plan.tolerable), plan.population, is_finite=True)


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
    """P(X ≤ deviations) among `size` items, each of which deviates with this rate, which is below 1."""
    p, q = rate.numerator, rate.denominator - rate.numerator
    ways = q**size
    total = 0
    for count in range(min(deviations, size) + 1):
        total += ways
        ways = ways * (size - count) * p // ((count + 1) * q)
    return Chance(total, rate.denominator**size)


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
