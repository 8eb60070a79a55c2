"""Days as people write them in tables."""

from datetime import date

import pytest

from shared.tables.days import day_in


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31",
        "2026-03-31T14:00:00Z",
        "2026-03-31 14:00:00",
        "31.03.2026",
        "31 March 2026",
        " 31  Mar 2026 ",
        "Mar 31, 2026",
        "March 31 2026",
    ],
)
def test_a_day_is_understood(text: str) -> None:
    assert day_in(text) == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["03/04/2026", "2026", "March 2026", "30.02.2026", "soon", "", "20260331"])
def test_no_day_is_guessed(text: str) -> None:
    assert day_in(text) is None
