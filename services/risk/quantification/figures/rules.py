"""Mean, percentiles, tail and exceedance curve of simulated losses. Imported in child processes only.

The largest simulated loss is none of the figures: it grows with the number of trials and says nothing of the risk.
"""

import math
from typing import Any, Final

import numpy as np

from services.risk.quantification.draws.rules import Values

PERCENTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
TAILS: Final = (0.95, 0.99)
MOST_POINTS: Final = 200
Z_OF_95: Final = 1.959963984540054
_FEWEST_BEYOND = 10  # trials beyond the last point of a curve; fewer say nothing


def figures_of(losses: Values, *, tolerance: int | None, capacity: int | None) -> dict[str, Any]:
    """All figures of the losses of one scenario or of a portfolio, one loss a trial."""
    ordered = np.sort(losses)
    trials = len(ordered)
    deviation = float(losses.std(ddof=1))
    return {
        "mean": _whole(losses.mean()),
        "standard_error": _whole(deviation / math.sqrt(trials)),
        "standard_deviation": _whole(deviation),
        "percentiles": [_percentile(ordered, probability) for probability in PERCENTILES],
        "tail_means": [
            {"probability": tail, "amount": _whole(ordered[math.ceil(tail * trials) :].mean())} for tail in TAILS
        ],
        "probability_of_loss": _share_above(ordered, 0.0),
        "above_tolerance": None if tolerance is None else _share_above(ordered, tolerance),
        "above_capacity": None if capacity is None else _share_above(ordered, capacity),
        "curve": _curve(ordered),
    }


def _percentile(ordered: Values, probability: float) -> dict[str, Any]:
    """The loss that so large a share of years stays at or below, with a 95 % interval from the order of the trials."""
    trials = len(ordered)
    place = probability * trials
    spread = Z_OF_95 * math.sqrt(place * (1 - probability))
    at, low, high = (
        _whole(ordered[min(max(math.ceil(where) - 1, 0), trials - 1)])
        for where in (place, place - spread, place + spread + 1)
    )
    return {"probability": probability, "amount": at, "low": low, "high": high}


def _curve(ordered: Values) -> list[dict[str, Any]]:
    """Amounts with the share of years whose loss is above them, from the probability of any loss down.

    Half of the probabilities are spaced evenly, for the body, and half on a logarithmic scale, for the tail. Each is
    counted for the amount as it is rounded.
    """
    trials = len(ordered)
    any_loss = _share_above(ordered, 0.0)
    amounts: set[int] = {0}
    if any_loss * trials > _FEWEST_BEYOND:
        ends = any_loss, _FEWEST_BEYOND / trials
        wanted = np.concatenate((np.linspace(*ends, MOST_POINTS // 2), np.geomspace(*ends, MOST_POINTS // 2 - 1)))
        places = np.minimum(np.ceil(trials * (1 - wanted)).astype(np.int64), trials - 1)
        amounts |= {_whole(amount) for amount in ordered[places]}
    points = sorted(amounts)
    beyond = trials - np.searchsorted(ordered, points, side="right")
    return [
        {"amount": amount, "probability": int(count) / trials} for amount, count in zip(points, beyond, strict=True)
    ]


def _share_above(ordered: Values, amount: float) -> float:
    return (len(ordered) - int(np.searchsorted(ordered, amount, side="right"))) / len(ordered)


def _whole(amount: Any) -> int:
    return round(float(amount))
