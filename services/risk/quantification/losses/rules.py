"""The losses of simulated years, in one of two ways. Imported in child processes only.

`product`: each trial draws how often the loss happens and what one event costs, and multiplies them. How often is a
rate there, so that no year is without a loss. `compound`: each trial draws a rate and from it a number of events
(Poisson), each event with a loss of its own, and secondary losses for some of them. Both have the same mean; only
`compound` has years without a loss, and years with several.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.random import Generator

from services.risk.quantification.draws.rules import Values, draw, stream

_EVENTS_AT_ONCE = 2_000_000
Factors = Mapping[str, Sequence[Any]]


def product(plan: Mapping[str, Factors], *, seed: int, scenario: UUID, trials: int) -> Values:
    """A year's loss for each trial, as rate times loss of one event."""
    if plan["annual"]:
        return _sum(plan["annual"], trials, _streams(plan["annual"], seed, scenario))
    magnitude = _sum(plan["primary"], trials, _streams(plan["primary"], seed, scenario))
    if plan["secondary"]:
        share = _product(plan["share"], trials, seed, scenario)
        magnitude += share * _sum(plan["secondary"], trials, _streams(plan["secondary"], seed, scenario))
    return _product(plan["frequency"], trials, seed, scenario) * magnitude


def compound(plan: Mapping[str, Factors], *, seed: int, scenario: UUID, trials: int) -> Values:
    """A year's loss for each trial, as the sum of the losses of its events."""
    if plan["annual"]:
        return product(plan, seed=seed, scenario=scenario, trials=trials)
    rates = _product(plan["frequency"], trials, seed, scenario)
    share = _product(plan["share"], trials, seed, scenario) if plan["secondary"] else None
    streams = _streams({**plan["primary"], **plan["secondary"]}, seed, scenario)
    events, secondary_events = (stream(seed, scenario, name) for name in ("events", "secondary_events"))
    losses = np.empty(trials)
    block = max(1, min(trials, int(_EVENTS_AT_ONCE / max(float(rates.mean()), 1.0))))
    for begin in range(0, trials, block):
        here = slice(begin, min(begin + block, trials))
        count = events.poisson(rates[here])
        losses[here] = _summed(plan["primary"], count, streams)
        if share is not None:
            losses[here] += _summed(plan["secondary"], secondary_events.binomial(count, share[here]), streams)
    return losses


def _summed(terms: Factors, count: "np.ndarray[Any, np.dtype[np.int64]]", streams: Mapping[str, Generator]) -> Values:
    """The losses of so many events for each trial, added up."""
    whose = np.repeat(np.arange(len(count)), count)
    summed: Values = np.bincount(whose, weights=_sum(terms, len(whose), streams), minlength=len(count)).astype(float)
    return summed


def _sum(terms: Factors, count: int, streams: Mapping[str, Generator]) -> Values:
    whole = np.zeros(count)
    for name, distribution in terms.items():
        whole += draw(distribution, streams[name], count)
    return whole


def _product(factors: Factors, count: int, seed: int, scenario: UUID) -> Values:
    whole = np.ones(count)
    for name, distribution in factors.items():
        whole *= draw(distribution, stream(seed, scenario, name), count)
    return whole


def _streams(factors: Factors, seed: int, scenario: UUID) -> dict[str, Generator]:
    return {name: stream(seed, scenario, name) for name in factors}
