"""How an indicator's state is found. Pure functions: the same values and thresholds give the same state.

1. Of the values, the last `of_last` by when they were measured count, or as many as there are.
2. It is red when at least `breaching_values` of them are at or beyond the red threshold.
3. It is amber when at least as many are at or beyond the amber one, and within otherwise.
4. Without any value, or when the newest is older than the period, it is unknown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.risk.indicators.indicators.models import Indicator, IndicatorDirection, IndicatorState
from shared.problems import Fault

_ORDER = (IndicatorState.WITHIN, IndicatorState.AMBER, IndicatorState.RED)
NO_VALUE = "No value has been recorded yet."


@dataclass(frozen=True, slots=True)
class Judgement:
    """A state, and why in words."""

    state: IndicatorState
    reason: str


def judge(indicator: Indicator, values: Sequence[float]) -> Judgement:
    """The state by the last values, the newest first."""
    last = values[: indicator.of_last]
    if not last:
        return Judgement(IndicatorState.UNKNOWN, NO_VALUE)
    for state, threshold in ((IndicatorState.RED, indicator.red), (IndicatorState.AMBER, indicator.amber)):
        beyond = sum(is_beyond(value, threshold, IndicatorDirection(indicator.direction)) for value in last)
        if beyond >= indicator.breaching_values:
            return Judgement(state, _breach(indicator, state, threshold, beyond, last))
    return Judgement(IndicatorState.WITHIN, f"The last {_numbered(last)} within the thresholds: {_listed(last)}.")


def silence(indicator: Indicator, at: datetime) -> Judgement | None:
    """That nothing was heard for longer than its period, if it is so."""
    if indicator.silent_at is None or indicator.silent_at > at:
        return None
    last = f" since {indicator.measured_at:%Y-%m-%d %H:%M} UTC" if indicator.measured_at else ""
    return Judgement(
        IndicatorState.UNKNOWN,
        f"No value was recorded{last}; one is expected every {indicator.period_hours} hours.",
    )


def silent_after(indicator: Indicator, since: datetime) -> datetime | None:
    """When an indicator becomes unknown of which the newest value was measured then; None for a computed one."""
    return None if indicator.period_hours is None else since + timedelta(hours=indicator.period_hours)


def is_beyond(value: float, threshold: float, direction: IndicatorDirection) -> bool:
    """Whether a value is at a threshold or beyond it."""
    return value >= threshold if direction == IndicatorDirection.HIGHER_IS_WORSE else value <= threshold


def is_worse(state: str, than: str) -> bool:
    """Whether one known state is worse than another."""
    return _ORDER.index(IndicatorState(state)) > _ORDER.index(IndicatorState(than))


def faults_in(indicator: Indicator) -> Iterator[Fault]:
    """What keeps an indicator from making sense."""
    swapped = indicator.amber > indicator.red
    if indicator.direction == IndicatorDirection.LOWER_IS_WORSE:
        swapped = indicator.amber < indicator.red
    if swapped:
        yield Fault("/red", "A value on its way to red must reach amber first, or both at once.")
    if indicator.breaching_values > indicator.of_last:
        yield Fault("/breaching_values", "There cannot be more breaching values than values that count.")
    if indicator.metric is None:
        if indicator.period_hours is None:
            yield Fault("/period_hours", "A pushed indicator needs it.")
        if indicator.control_ids:
            yield Fault("/control_ids", "Only a computed indicator counts what concerns controls.")
        return
    if indicator.period_hours is not None:
        yield Fault("/period_hours", "A computed indicator is counted when something changes.")
    if indicator.of_last > 1:
        yield Fault("/of_last", "A computed indicator has a value for each change: the newest alone counts.")


def _breach(indicator: Indicator, state: IndicatorState, threshold: float, beyond: int, last: Sequence[float]) -> str:
    side = "above" if indicator.direction == IndicatorDirection.HIGHER_IS_WORSE else "below"
    verb = "is" if beyond == 1 else "are"
    return f"{beyond} of the last {len(last)} values {verb} at or {side} {threshold:g} ({state}): {_listed(last)}."


def _numbered(last: Sequence[float]) -> str:
    return "value is" if len(last) == 1 else f"{len(last)} values are"


def _listed(last: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in last)
