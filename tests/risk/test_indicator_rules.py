"""How an indicator is judged: thresholds in both directions, n of m, and silence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.risk.indicators.indicators.models import Indicator, IndicatorDirection, IndicatorState
from services.risk.indicators.indicators.rules import faults_in, is_worse, judge, silence, silent_after

_AT = datetime(2026, 3, 1, tzinfo=UTC)


def an_indicator(**changes: Any) -> Indicator:
    facts: dict[str, Any] = {
        "direction": IndicatorDirection.HIGHER_IS_WORSE,
        "amber": 5,
        "red": 10,
        "breaching_values": 1,
        "of_last": 1,
    }
    return Indicator(**facts | {"metric": None, "period_hours": 24, "control_ids": [], "risk_ids": []} | changes)


@pytest.mark.parametrize(
    ("direction", "amber", "red", "value", "state"),
    [
        ("higher_is_worse", 5, 10, 4.9, "within"),
        ("higher_is_worse", 5, 10, 5, "amber"),
        ("higher_is_worse", 5, 10, 9.99, "amber"),
        ("higher_is_worse", 5, 10, 10, "red"),
        ("lower_is_worse", 95, 90, 95.1, "within"),
        ("lower_is_worse", 95, 90, 95, "amber"),
        ("lower_is_worse", 95, 90, 90, "red"),
        ("higher_is_worse", 5, 5, 5, "red"),
    ],
)
def test_a_threshold_belongs_to_the_state_that_it_begins(
    direction: str, amber: float, red: float, value: float, state: str
) -> None:
    assert judge(an_indicator(direction=direction, amber=amber, red=red), [value]).state == state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ([12], "within"),  # alone it is not confirmed
        ([12, 1], "within"),
        ([12, 1, 12], "red"),
        ([1, 12, 12], "red"),
        ([1, 1, 12, 12], "within"),  # the fourth counts no longer
        ([12, 6, 1], "amber"),
        ([6, 6, 6], "amber"),
    ],
)
def test_so_many_of_the_last_values_make_a_breach(values: list[float], state: str) -> None:
    assert judge(an_indicator(breaching_values=2, of_last=3), values).state == state


def test_a_state_is_explained_by_its_values() -> None:
    steady = an_indicator(breaching_values=2, of_last=3)
    assert judge(steady, [12, 1, 11.5]).reason == "2 of the last 3 values are at or above 10 (red): 12, 1, 11.5."
    assert judge(steady, [1, 2, 3]).reason == "The last 3 values are within the thresholds: 1, 2, 3."
    low = an_indicator(direction="lower_is_worse", amber=95, red=90)
    assert judge(low, [80]).reason == "1 of the last 1 values is at or below 90 (red): 80."
    assert judge(low, []).state == IndicatorState.UNKNOWN


def test_silence_for_longer_than_the_period_is_unknown() -> None:
    indicator = an_indicator(measured_at=_AT, silent_at=silent_after(an_indicator(), _AT))
    assert silence(indicator, _AT + timedelta(hours=24, seconds=-1)) is None
    silent = silence(indicator, _AT + timedelta(hours=24))
    assert silent is not None
    assert silent.reason == "No value was recorded since 2026-03-01 00:00 UTC; one is expected every 24 hours."
    assert silent_after(an_indicator(period_hours=None, metric="open_issues"), _AT) is None


def test_states_are_ordered() -> None:
    assert is_worse("red", "amber") and is_worse("amber", "within")  # noqa: PT018 - one order
    assert not is_worse("within", "within")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amber": 11}, "/red"),
        ({"direction": "lower_is_worse"}, "/red"),
        ({"breaching_values": 3, "of_last": 2}, "/breaching_values"),
        ({"period_hours": None}, "/period_hours"),
        ({"control_ids": [1]}, "/control_ids"),
        ({"metric": "open_issues"}, "/period_hours"),
        ({"metric": "open_issues", "period_hours": None, "of_last": 2}, "/of_last"),
    ],
)
def test_an_indicator_that_makes_no_sense_is_refused(changes: dict[str, Any], pointer: str) -> None:
    assert [fault.pointer for fault in faults_in(an_indicator(**changes))] == [pointer]
    assert not list(faults_in(an_indicator()))
    assert not list(faults_in(an_indicator(metric="open_issues", period_hours=None)))
