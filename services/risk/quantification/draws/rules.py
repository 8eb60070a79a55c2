"""One random stream for each run, scenario and factor, and draws from distributions. Imported in child processes only.

A stream depends on nothing but the seed, the scenario's id and the factor's place in `FACTORS`: another scenario or
another factor changes none of its numbers. Every distribution is a rising function of one uniform or normal number a
trial, so that estimates before and after a treatment that are drawn from the same stream move together.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.random import PCG64DXSM, Generator, SeedSequence
from numpy.typing import NDArray

Values = NDArray[np.float64]

_FORMS = ("magnitude", "productivity", "response", "replacement", "fines_and_judgments", "competitive_advantage")
# The order is part of what a seed means: a new factor is added at the end.
FACTORS: Final = (
    *("annual_loss", "loss_event_frequency", "threat_event_frequency", "contact_frequency", "probability_of_action"),
    *("susceptibility", "loss_magnitude", "secondary_frequency", "events", "secondary_events"),
    *(f"{part}_{form}" for part in ("primary", "secondary") for form in (*_FORMS, "reputation")),
)
_PLACES = {name: place for place, name in enumerate(FACTORS)}
_WORD = 0xFFFFFFFF
_KNOTS = 4_000  # of a density
_QUANTILES = 1 << 14
_NORMAL_LOW = -9.0  # below which a normal value practically never lies


def stream(seed: int, scenario: UUID, factor: str) -> Generator:
    """The random stream of a factor of a scenario."""
    key = scenario.int
    words = [seed & _WORD, seed >> 32, *(key >> shift & _WORD for shift in (96, 64, 32, 0)), _PLACES[factor]]
    return Generator(PCG64DXSM(SeedSequence(words)))


def draw(distribution: Sequence[Any], random: Generator, count: int) -> Values:
    """Values of a distribution, given as its name and its parameters."""
    values: Values
    match distribution:
        case ["constant", value]:
            values = np.full(count, float(value))
        case ["uniform", low, high]:
            values = low + (high - low) * random.random(count)
        case ["pert", low, mode, high]:
            values = low + (high - low) * _looked_up(_beta_quantiles(low, mode, high), random.random(count))
        case ["lognormal", mu, sigma, None]:
            values = np.exp(mu + sigma * random.standard_normal(count))
        case ["lognormal", mu, sigma, limit]:
            place = (float(np.log(limit)) - mu) / sigma
            values = np.exp(mu + sigma * np.interp(random.random(count), *_normal_up_to(place)))
        case _:
            raise TypeError(f"no distribution is {distribution}")
    return values


@lru_cache(maxsize=256)
def _beta_quantiles(low: float, mode: float, high: float) -> Values:
    """The quantiles of a PERT between 0 and 1, at equal steps of probability.

    Its density is integrated by the midpoint rule, which never asks for it at the ends, where its slope has no bound.
    """
    alpha, beta = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    middles = (np.arange(_KNOTS) + 0.5) / _KNOTS
    mass = middles ** (alpha - 1) * (1 - middles) ** (beta - 1)
    reached = np.concatenate(([0.0], np.cumsum(mass)))
    steps = np.linspace(0.0, 1.0, _QUANTILES + 1)
    return np.interp(steps, reached / reached[-1], np.linspace(0.0, 1.0, _KNOTS + 1))


def _looked_up(quantiles: Values, uniform: Values) -> Values:
    """The quantiles at these probabilities, between two steps in proportion."""
    place = uniform * _QUANTILES
    below = place.astype(np.int32)
    place -= below
    steps = np.diff(quantiles)
    place *= steps.take(below)
    place += quantiles.take(below)
    return place


@lru_cache(maxsize=256)
def _normal_up_to(place: float) -> tuple[Values, Values]:
    """Cumulative probabilities of a normal distribution that is truncated at a place, and where they are reached."""
    ends = np.linspace(_NORMAL_LOW, max(place, _NORMAL_LOW + 1), _KNOTS + 1)
    middles = (ends[1:] + ends[:-1]) / 2
    reached = np.concatenate(([0.0], np.cumsum(np.exp(-(middles**2) / 2))))
    return reached / reached[-1], ends
