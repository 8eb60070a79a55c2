"""Cumulative probabilities of PERT and normal distributions, and their inverses. Pure functions.

The incomplete beta function is its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22),
evaluated by Lentz's method.
"""

import math
from collections.abc import Callable
from functools import lru_cache

LAMBDA = 4  # the weight of the most likely value in PERT
_TINY = 1e-300
_STEPS = 200
_PRECISION = 1e-12
_FARTHEST = 1_000  # widths between the percentiles that an end may lie outside them


def pert_shape(low: float, mode: float, high: float) -> tuple[float, float]:
    """The two shape parameters of the beta distribution of a PERT."""
    width = high - low
    return 1 + LAMBDA * (mode - low) / width, 1 + LAMBDA * (high - mode) / width


def pert_below(x: float, low: float, mode: float, high: float) -> float:
    """The probability that a PERT is at most x."""
    if x <= low or x >= high:
        return float(x >= high)
    return _beta_below((x - low) / (high - low), *pert_shape(low, mode, high))


def normal_below(x: float) -> float:
    """The probability that a standard normal value is at most x."""
    return math.erfc(-x / math.sqrt(2)) / 2


def pert_with(p5: float, mode: float, p95: float) -> tuple[float, float] | None:
    """The ends of the PERT of this mode whose 5th and 95th percentiles these are; None when there is none."""
    width = p95 - p5
    ends = _ends_with((mode - p5) / width)
    return ends and (p5 + width * ends[0], p5 + width * ends[1])


@lru_cache(maxsize=1024)
def _ends_with(mode: float) -> tuple[float, float] | None:
    """The ends of the PERT of this mode whose 5th percentile is 0 and whose 95th is 1.

    For each lower end there is one upper end that fits the 95th percentile; the lower end is moved until the 5th fits.
    """

    def upper_end(low: float) -> float | None:
        distance = _root(lambda beyond: 0.95 - pert_below(1.0, low, mode, 1 + beyond))
        return None if distance is None else 1 + distance

    def excess(distance: float) -> float:
        high = upper_end(-distance)
        return -0.05 if high is None else pert_below(0.0, -distance, mode, high) - 0.05

    low = _root(excess)
    high = None if low is None else upper_end(-low)
    return None if low is None or high is None else (-low, high)


def _root(rising: Callable[[float], float]) -> float | None:
    """Where above 0 a function that rises from a negative value is zero, by the Illinois method; None when nowhere."""
    low, at_low, high = 0.0, rising(0.0), 0.25
    while (at_high := rising(high)) < 0:
        low, at_low, high = high, at_high, high * 2
        if high > _FARTHEST:
            return None
    kept = 0
    for _ in range(_STEPS):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        here = rising(middle)
        if abs(here) < _PRECISION or high - low < _PRECISION:
            return middle
        if here < 0:
            low, at_low = middle, here
            at_high, kept = (at_high / 2, kept) if kept < 0 else (at_high, -1)
        else:
            high, at_high = middle, here
            at_low, kept = (at_low / 2, kept) if kept > 0 else (at_low, 1)
    return (low + high) / 2


def _beta_below(x: float, alpha: float, beta: float) -> float:
    front = math.exp(
        math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta) + alpha * math.log(x) + beta * math.log1p(-x)
    )
    if x < (alpha + 1) / (alpha + beta + 2):
        return front * _fraction(x, alpha, beta) / alpha
    return 1 - front * _fraction(1 - x, beta, alpha) / beta


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for numerator in (even, odd):
            d = 1 / _not_zero(1 + numerator * d)
            c = _not_zero(1 + numerator / c)
            result *= d * c
        if abs(d * c - 1) < _PRECISION:
            break
    return result


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
