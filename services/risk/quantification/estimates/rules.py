"""Whether an estimate is whole, and its ranges in one order. Pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.risk.quantification.estimates.schemas import Estimate, LossForms
from services.risk.quantification.ranges.rules import distribution_of, faults_in, is_heavy_tailed, moments_of
from services.risk.quantification.ranges.schemas import MOST_EVENTS_A_YEAR, AnyRange
from shared.http.fields import Input
from shared.problems import Fault

FORMS: Final = tuple(name for name in LossForms.model_fields if name != "estimate")
_WHOLE: Final = {
    "Estimate": "annual_loss",
    "LossEventFrequency": "estimate",
    "ThreatEventFrequency": "estimate",
    "Susceptibility": "estimate",
    "LossMagnitude": "estimate",
    "LossForms": "estimate",
}
_NEEDED: Final = {
    "Estimate": ("loss_event_frequency", "loss_magnitude"),
    "LossEventFrequency": ("threat_event_frequency", "susceptibility"),
    "ThreatEventFrequency": ("contact_frequency", "probability_of_action"),
    "Susceptibility": ("threat_capability", "resistance_strength"),
    "LossMagnitude": ("primary",),
    "LossForms": (),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A range of an estimate, and where it is."""

    pointer: str
    range: AnyRange


def entries_of(estimate: Input, at: str = "") -> Iterator[Entry]:
    """The ranges that were entered, in the order of the tree; `at` is the pointer of the estimate."""
    for name in type(estimate).model_fields:
        value = getattr(estimate, name)
        if isinstance(value, AnyRange):
            yield Entry(f"{at}/{name}", value)
        elif isinstance(value, Input):
            yield from entries_of(value, f"{at}/{name}")


def faults_of(estimate: Estimate, at: str) -> list[Fault]:
    """What keeps an estimate from being simulated; `at` is its pointer in the request."""
    faults = list(_incomplete(estimate, at))
    for entry in entries_of(estimate, at):
        faults += faults_in(entry.range, entry.pointer)
    return faults


def too_frequent(mean: float, at: str) -> list[Fault]:
    """The refusal of what happens so often that it is a cost of operation, not a risk."""
    if mean <= MOST_EVENTS_A_YEAR:
        return []
    detail = f"{mean:,.0f} events a year are a cost of operation; at most {MOST_EVENTS_A_YEAR:,} are simulated."
    return [Fault(f"{at}/loss_event_frequency", detail)]


def heavy_tails(estimate: Estimate, at: str) -> list[Entry]:
    """The ranges whose mean a few trials decide: lognormal, wide and not truncated."""
    return [entry for entry in entries_of(estimate, at) if is_heavy_tailed(distribution_of(entry.range))]


def means_of(estimate: Estimate, at: str) -> dict[str, float]:
    """The mean of each range by its pointer, to be read beside what was entered."""
    return {entry.pointer: moments_of(distribution_of(entry.range)).mean for entry in entries_of(estimate, at)}


def _incomplete(node: Input, at: str) -> Iterator[Fault]:
    """Factors that are entered together with those below them, half entered or not at all."""
    kind = type(node).__name__
    if kind in _WHOLE:
        whole, needed = _WHOLE[kind], _NEEDED[kind]
        below = [name for name in type(node).model_fields if name != whole and getattr(node, name) is not None]
        if getattr(node, whole) is not None:
            for name in below:
                yield Fault(f"{at}/{name}", f"{whole} is given, so nothing below it can be.")
        elif not below:
            choices = " and ".join(needed) or "one or more forms of loss"
            yield Fault(at, f"Give either {whole} or {choices}.")
        else:
            for name in needed:
                if getattr(node, name) is None:
                    yield Fault(f"{at}/{name}", "This is needed together with what is given beside it.")
    for name in type(node).model_fields:
        value = getattr(node, name)
        if isinstance(value, Input) and not isinstance(value, AnyRange):
            yield from _incomplete(value, f"{at}/{name}")
