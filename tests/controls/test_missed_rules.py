"""Which due days are judged as missed, and when to look again."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.register.missed_occurrences.rules import judge
from services.controls.register.occurrences.rules import ControlFacts, DefinitionFacts, period_of, stretches
from services.controls.register.rhythms.schemas import Recurrence

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _control(
    frequency: str = "daily", *, tolerance: int = 0, zone: str = "UTC", retired: datetime | None = None
) -> ControlFacts:
    recurrence = Recurrence(time_zone=zone, tolerance_days=tolerance)
    return ControlFacts(BEGIN, retired, [DefinitionFacts(uuid4(), 1, frequency, recurrence, BEGIN)])


@pytest.mark.parametrize(
    ("control", "as_of", "missed", "next_at"),
    [
        (_control(), BEGIN, 0, BEGIN + DAY),
        (_control(), BEGIN + DAY, 1, BEGIN + 2 * DAY),
        (_control(tolerance=3), BEGIN + 3 * DAY, 0, BEGIN + 4 * DAY),
        (_control(tolerance=3), BEGIN + 4 * DAY, 1, BEGIN + 5 * DAY),
        (
            _control("monthly", zone="Europe/Berlin"),
            datetime(2026, 1, 31, 22, 59, tzinfo=UTC),
            0,
            datetime(2026, 1, 31, 23, tzinfo=UTC),
        ),
        (
            _control("monthly", zone="Europe/Berlin"),
            datetime(2026, 1, 31, 23, tzinfo=UTC),
            1,
            datetime(2026, 2, 28, 23, tzinfo=UTC),
        ),
        (_control(retired=BEGIN + 2 * DAY), BEGIN + 9 * DAY, 2, None),
        (_control("ad_hoc"), BEGIN + 99 * DAY, 0, None),
    ],
)
def test_a_day_is_missed_when_its_tolerance_is_over(
    control: ControlFacts, as_of: datetime, missed: int, next_at: datetime | None
) -> None:
    found = judge(stretches(control), {}, since=BEGIN.date(), as_of=as_of)
    assert len(found.missed) == missed
    assert found.next_at == next_at


@given(
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.integers(0, 20),
    st.lists(st.integers(0, 200), max_size=6).map(sorted),
)
def test_each_day_is_judged_once_however_often(frequency: str, tolerance: int, looks: list[int]) -> None:
    control = _control(frequency, tolerance=tolerance)
    end = BEGIN + 200 * DAY
    since, found = BEGIN.date(), set[date]()
    for look in [*(BEGIN + days * DAY for days in looks), end]:
        judgement = judge(stretches(control), {}, since=since, as_of=look)
        assert found.isdisjoint(day.due_on for day in judgement.missed)
        found |= {day.due_on for day in judgement.missed}
        assert judgement.next_at is not None
        assert judgement.next_at > look
        since = judgement.judged_until
    expected = period_of(control, [], start=BEGIN.date(), end=end.date(), as_of=end).expected
    assert found == {each.due_on for each in expected if each.standing == "missed"}
