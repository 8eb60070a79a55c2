"""Whether a range is sound, and the distribution that it stands for, with its mean and variance. Pure functions.

PERT has λ = 4: a beta distribution between its ends, whose variance is (mean - low) (high - mean) / (λ + 3). The
(high - low) / 6 of project management is the standard deviation of another distribution. A lognormal distribution has
its parameters from its 90 % interval. From a wide interval its mean grows above the upper end, because exp(σ² / 2)
grows faster than the interval: from `SIGMA_TO_NOTE` on that is said, and beyond `SIGMA_TO_REFUSE` no number of trials
makes the mean reliable.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from services.risk.quantification.percentiles.rules import LAMBDA, normal_below, pert_with
from services.risk.quantification.ranges.schemas import AmountRange, AnyRange, FrequencyRange, ProbabilityRange, Shape
from shared.problems import Fault

SIGMA_TO_NOTE: Final = 1.8
SIGMA_TO_REFUSE: Final = 2.5
_WIDTH_OF_90 = 3.2897072539029444  # between the 5th and 95th percentiles of a standard normal distribution

_GIVEN: dict[Shape, tuple[str, ...]] = {
    Shape.PERT: ("minimum", "most_likely", "maximum"),
    Shape.PERT_PERCENTILES: ("p5", "most_likely", "p95"),
    Shape.LOGNORMAL: ("p5", "p95"),
    Shape.UNIFORM: ("minimum", "maximum"),
    Shape.CONSTANT: ("value",),
}
_MEMBERS = ("minimum", "p5", "most_likely", "p95", "maximum", "value")
_OPTIONAL = {Shape.LOGNORMAL: "at_most"}


@dataclass(frozen=True, slots=True)
class Pert:
    """PERT with λ = 4 between `low` and `high`, which differ."""

    low: float
    mode: float
    high: float


@dataclass(frozen=True, slots=True)
class Lognormal:
    """exp of a normal distribution; `limit` is where it is truncated."""

    mu: float
    sigma: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class Uniform:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Constant:
    value: float


Distribution = Pert | Lognormal | Uniform | Constant


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of an independent quantity."""

    mean: float
    variance: float

    @property
    def square(self) -> float:
        """The mean of its square."""
        return self.variance + self.mean**2

    def times(self, other: "Moments") -> "Moments":
        """The moments of a product of independent quantities."""
        mean = self.mean * other.mean
        return Moments(mean, self.square * other.square - mean**2)

    def plus(self, other: "Moments") -> "Moments":
        """The moments of a sum of independent quantities."""
        return Moments(self.mean + other.mean, self.variance + other.variance)


def faults_in(given: AnyRange, at: str) -> list[Fault]:
    """What keeps a range from being a distribution; `at` is its pointer."""
    return list(_misfits(given, at)) or list(_disorder(given, at)) or list(_too_wide(given, at))


def distribution_of(given: AnyRange) -> Distribution:
    """The distribution of a sound range."""
    values = {name: value for name in _MEMBERS if (value := getattr(given, name)) is not None}
    match given.shape:
        case Shape.PERT:
            return _pert(values["minimum"], values["most_likely"], values["maximum"])
        case Shape.PERT_PERCENTILES:
            ends = pert_with(values["p5"], values["most_likely"], values["p95"])
            assert ends, "a sound range has them"
            return _pert(ends[0], values["most_likely"], ends[1])
        case Shape.LOGNORMAL:
            limit = given.at_most if isinstance(given, AmountRange) else None
            return _lognormal(values["p5"], values["p95"], limit)
        case Shape.UNIFORM:
            low, high = values["minimum"], values["maximum"]
            return Uniform(low, high) if low < high else Constant(low)
        case Shape.CONSTANT:
            return Constant(values["value"])


def moments_of(distribution: Distribution) -> Moments:
    """Its mean and variance, exactly."""
    match distribution:
        case Pert(low, mode, high):
            mean = (low + LAMBDA * mode + high) / (LAMBDA + 2)
            return Moments(mean, (mean - low) * (high - mean) / (LAMBDA + 3))
        case Lognormal(mu, sigma, limit):
            mean, square = (_lognormal_moment(power, mu, sigma, limit) for power in (1, 2))
            return Moments(mean, square - mean**2)
        case Uniform(low, high):
            return Moments((low + high) / 2, (high - low) ** 2 / 12)
        case Constant(value):
            return Moments(value, 0.0)


def as_data(distribution: Distribution) -> list[Any]:
    """The distribution for the child process that draws from it: its name, and its parameters."""
    match distribution:
        case Pert(low, mode, high):
            return ["pert", low, mode, high]
        case Lognormal(mu, sigma, limit):
            return ["lognormal", mu, sigma, limit]
        case Uniform(low, high):
            return ["uniform", low, high]
        case Constant(value):
            return ["constant", value]


def is_heavy_tailed(distribution: Distribution) -> bool:
    """Whether a few trials decide its mean."""
    return isinstance(distribution, Lognormal) and distribution.sigma > SIGMA_TO_NOTE and distribution.limit is None


def _misfits(given: AnyRange, at: str) -> Iterator[Fault]:
    """Members that the shape needs and that are missing, or that it does not take."""
    if given.shape == Shape.LOGNORMAL and isinstance(given, ProbabilityRange):
        yield Fault(f"{at}/shape", "A probability cannot be lognormal, which has no upper end.")
        return
    needed, optional = _GIVEN[given.shape], _OPTIONAL.get(given.shape)
    for name in given.model_fields_set - {"shape"}:
        if name not in {*needed, optional} and getattr(given, name) is not None:
            yield Fault(f"{at}/{name}", f"The shape {given.shape} takes {', '.join(needed)}, and not this.")
    for name in needed:
        if getattr(given, name) is None:
            yield Fault(f"{at}/{name}", f"The shape {given.shape} needs this.")


def _disorder(given: AnyRange, at: str) -> Iterator[Fault]:
    """Values that do not rise as their names say."""
    names = _GIVEN[given.shape]
    for lower, upper in pairwise(names):
        if getattr(given, lower) > getattr(given, upper):
            yield Fault(f"{at}/{upper}", f"This is less than {lower}.")
    if given.shape in {Shape.LOGNORMAL, Shape.PERT_PERCENTILES} and getattr(given, "p5") == getattr(given, "p95"):  # noqa: B009 - the type of one member differs by class
        yield Fault(f"{at}/p95", "This is the same as p5; use the shape constant.")
    if given.shape == Shape.LOGNORMAL and getattr(given, "p5") == 0:  # noqa: B009 - as above
        yield Fault(f"{at}/p5", "A lognormal distribution is always above 0.")


def _too_wide(given: AnyRange, at: str) -> Iterator[Fault]:
    if given.shape == Shape.LOGNORMAL and not isinstance(given, ProbabilityRange):
        yield from _wide_lognormal(given, at)
    if given.shape == Shape.PERT_PERCENTILES:
        assert given.p5 is not None
        assert given.most_likely is not None
        assert given.p95 is not None
        ends = pert_with(given.p5, given.most_likely, given.p95)
        if ends is None:
            yield Fault(at, "There is no PERT distribution with these percentiles and this most likely value.")
        elif ends[0] < 0:
            detail = f"The PERT with these percentiles reaches down to {ends[0]:.6g}, below 0."
            yield Fault(f"{at}/p5", f"{detail} Use the shape pert with its bounds, or lognormal.")
        elif isinstance(given, ProbabilityRange) and ends[1] > 1:
            detail = f"The PERT with these percentiles reaches up to {ends[1]:.6g}, above 1."
            yield Fault(f"{at}/p95", f"{detail} Use the shape pert with its bounds.")


def _wide_lognormal(given: FrequencyRange | AmountRange, at: str) -> Iterator[Fault]:
    assert given.p5 is not None
    assert given.p95 is not None
    fitted = _lognormal(given.p5, given.p95, None)
    limit = given.at_most if isinstance(given, AmountRange) else None
    if limit is not None and limit < given.p95:
        yield Fault(f"{at}/at_most", "This is less than p95.")
    elif fitted.sigma > SIGMA_TO_REFUSE and limit is None:
        ratio = math.exp(SIGMA_TO_REFUSE * _WIDTH_OF_90)
        detail = f"p95 is {given.p95 / given.p5:,.0f} times p5, and at most {ratio:,.0f} times is simulated."
        mean = _lognormal_moment(1, fitted.mu, fitted.sigma, None)
        remedy = "Narrow the range, or for an amount say at_most."
        yield Fault(f"{at}/p95", f"{detail} The mean would be {mean / given.p95:,.2f} times p95. {remedy}")


def _pert(low: float, mode: float, high: float) -> Distribution:
    return Pert(low, mode, high) if low < high else Constant(low)


def _lognormal(p5: float, p95: float, limit: float | None) -> Lognormal:
    low, high = math.log(p5), math.log(p95)
    return Lognormal((low + high) / 2, (high - low) / _WIDTH_OF_90, limit)


def _lognormal_moment(power: int, mu: float, sigma: float, limit: float | None) -> float:
    """The mean of a power; of a truncated one, under the condition that it is at most its limit."""
    whole = math.exp(power * mu + (power * sigma) ** 2 / 2)
    if limit is None:
        return whole
    place = (math.log(limit) - mu) / sigma
    return whole * normal_below(place - power * sigma) / normal_below(place)
