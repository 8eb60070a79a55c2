"""The upper limit of a deviation rate. Pure, in exact arithmetic.

Only a random selection, or a systematic one with a random start, allows to conclude from the sample to the population
in numbers; for any other selection there is no limit, whatever its size.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from services.audit.sampling.sample_sizes.rules import binomial_chance, hypergeometric_chance

_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class UpperLimit:
    """The highest deviation rate that the sample does not speak against, in tenths of a percent, rounded up.

    `deviating` is how many items of the population that are; None where the number of its items is not known.
    """

    per_mille: int
    deviating: int | None = None


@lru_cache(maxsize=256)
def upper_limit(size: int, deviations: int, risk: Fraction, population: int | None = None) -> UpperLimit:
    """The one-sided limit for so many deviations in a sample, at a confidence of 1 - risk, which is one half at most.

    Without `population` that of Clopper and Pearson: the rate at which P(X ≤ deviations) is the risk. With it, the
    largest number of deviating items for which P(X ≤ deviations) is above the risk. ValueError when more items deviate
    than were tested, or more were tested than there are.
    """
    if not 0 <= deviations <= size or size < 1 or (population is not None and population < size):
        raise ValueError(f"{deviations} of {size} of {population} items cannot deviate")
    if population is None:
        return UpperLimit(_binomial_limit(size, deviations, risk))
    deviating = _hypergeometric_limit(population, size, deviations, risk)
    return UpperLimit(-(-_PER_MILLE * deviating // population), deviating)


def _binomial_limit(size: int, deviations: int, risk: Fraction) -> int:
    """The smallest rate in tenths of a percent at which so few deviations are no likelier than the risk.

    It is not below the sample's own rate, at which so few are as likely as not.
    """
    if deviations == size:
        return _PER_MILLE
    low, high = _PER_MILLE * deviations // size, _PER_MILLE
    while low < high:
        middle = (low + high) // 2
        if binomial_chance(size, deviations, Fraction(middle, _PER_MILLE)).is_within(risk):
            high = middle
        else:
            low = middle + 1
    return low


def _hypergeometric_limit(population: int, size: int, deviations: int, risk: Fraction) -> int:
    low, high = deviations, population - (size - deviations)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric_chance(population, middle, size, deviations).is_within(risk):
            high = middle - 1
        else:
            low = middle
    return low
