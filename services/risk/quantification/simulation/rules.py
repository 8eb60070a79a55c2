"""Runs in a child process: simulates scenarios one after the other, and adds them up as a portfolio.

The same trial of all scenarios is one year of the portfolio. Since their streams are independent, so are the scenarios.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import numpy as np

from services.risk.quantification.draws.rules import Values
from services.risk.quantification.engines.rules import BIT_GENERATOR, ENGINE
from services.risk.quantification.figures.rules import Z_OF_95, figures_of
from services.risk.quantification.losses.rules import compound, product

_SIMULATIONS: Final = {"product": product, "compound": compound}


def simulate(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The figures of each scenario as JSON, in order, and at last those of the portfolio with what made them.

    `arguments` are the name of the simulation, trials, seed, tolerance and capacity; what is given are the scenarios
    with their ids and plans as one JSON array.
    """
    losses_of, limits = (
        _SIMULATIONS[arguments["simulation"]],
        {name: arguments[name] for name in ("tolerance", "capacity")},
    )
    seed, trials = arguments["seed"], arguments["trials"]
    portfolio = np.zeros(trials)
    for scenario in json.loads(b"".join(given)):
        losses = losses_of(scenario["plan"], seed=seed, scenario=UUID(scenario["id"]), trials=trials)
        portfolio += losses
        yield json.dumps(figures_of(losses, **limits)).encode()
    yield json.dumps({"figures": figures_of(portfolio, **limits), "made_by": made_by()}).encode()


def compare(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The mean annual losses before and after a treatment, by the same random numbers, and their paired difference.

    `arguments` are trials, seed and the yearly cost; what is given are scenarios with their ids and both plans. Losses
    are those of `product`: both simulations have the same means, and it needs fewer trials for them.
    """
    seed, trials, cost = arguments["seed"], arguments["trials"], arguments["yearly_cost"]
    before, after = np.zeros(trials), np.zeros(trials)
    for scenario in json.loads(b"".join(given)):
        before += product(scenario["before"], seed=seed, scenario=UUID(scenario["id"]), trials=trials)
        after += product(scenario["after"], seed=seed, scenario=UUID(scenario["id"]), trials=trials)
    saved = before - after
    unpaired = math.hypot(_error(before), _error(after))
    compared = {
        "before": _mean(before),
        "after": _mean(after),
        "reduction": _mean(saved) | {"unpaired_standard_error": round(unpaired)},
        "probability_of_paying": float((saved >= cost).mean()),
    }
    yield json.dumps({"figures": compared, "made_by": made_by()}).encode()


def made_by() -> Mapping[str, Any]:
    """What the numbers of a seed depend on besides it."""
    return {"engine": ENGINE, "numpy": np.__version__, "bit_generator": BIT_GENERATOR}


def _mean(losses: Values) -> dict[str, int]:
    mean, error = float(losses.mean()), _error(losses)
    spread = Z_OF_95 * error
    return {
        "mean": round(mean),
        "standard_error": round(error),
        "low": round(mean - spread),
        "high": round(mean + spread),
    }


def _error(losses: Values) -> float:
    return float(losses.std(ddof=1)) / math.sqrt(len(losses))
