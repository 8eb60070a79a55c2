"""What was expected of a control in a period, and how it stands."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.register.occurrences.models import PeriodOutcome, Standing
from services.controls.register.occurrences.rules import (
    ControlFacts,
    DefinitionFacts,
    Performance,
    due_for,
    is_due,
    period_of,
    stretches,
)
from services.controls.register.rhythms.schemas import Recurrence

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
ENDLESS = datetime(2150, 1, 1, tzinfo=UTC)
BEGIN = date(2026, 1, 1)
WORDS = st.sampled_from(["continuous", "ad_hoc", "daily", "weekly", "monthly", "quarterly", "annual"])
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"])


def _at(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)


def _definition(frequency: str, since: datetime = LONG_AGO, number: int = 1, **recurrence: object) -> DefinitionFacts:
    return DefinitionFacts(uuid.uuid4(), number, frequency, Recurrence.model_validate(recurrence), since)


def _control(*definitions: DefinitionFacts, retired_at: datetime | None = None) -> ControlFacts:
    return ControlFacts(definitions[0].effective_from, retired_at, definitions)


def _performed(day: str, due_on: str | None = None) -> Performance:
    return Performance(uuid.uuid4(), _at(day), date.fromisoformat(due_on) if due_on else None)


def _standings(control: ControlFacts, performances: list[Performance], as_of: str) -> list[Standing]:
    found = period_of(control, performances, start=BEGIN, end=date(2027, 1, 1), as_of=_at(as_of))
    return [each.standing for each in found.expected]


def test_in_time_late_missed_and_open() -> None:
    control = _control(_definition("quarterly", tolerance_days=10))
    performances = [
        _performed("2026-01-20", "2026-03-31"),
        _performed("2026-07-10", "2026-06-30"),
        _performed("2026-10-11", "2026-09-30"),
    ]
    standings = _standings(control, performances, "2027-01-10")
    assert standings == [Standing.IN_TIME, Standing.LATE, Standing.MISSED, Standing.OPEN]
    assert _standings(control, performances, "2027-01-11")[-1] == Standing.MISSED


def test_the_first_performance_counts() -> None:
    control = _control(_definition("quarterly"))
    twice = [_performed("2026-04-20", "2026-03-31"), _performed("2026-03-20", "2026-03-31")]
    assert _standings(control, twice, "2026-05-01")[0] == Standing.IN_TIME


def test_a_change_in_the_period_keeps_both() -> None:
    control = _control(_definition("quarterly"), _definition("monthly", _at("2026-05-15"), 2))
    found = period_of(control, [], start=BEGIN, end=date(2026, 8, 1), as_of=_at("2026-08-01"))
    assert [(part.definition, part.first_day, part.last_day) for part in found.parts] == [
        (1, BEGIN, date(2026, 5, 14)),
        (2, date(2026, 5, 15), date(2026, 7, 31)),
    ]
    assert [(each.definition, str(each.due_on)) for each in found.expected] == [
        (1, "2026-03-31"),
        (2, "2026-05-31"),
        (2, "2026-06-30"),
        (2, "2026-07-31"),
    ]


def test_nothing_is_expected_before_operation_nor_after_retirement() -> None:
    begun = ControlFacts(_at("2026-02-10"), _at("2026-04-30"), [_definition("monthly")])
    found = period_of(begun, [], start=BEGIN, end=date(2027, 1, 1), as_of=_at("2027-02-01"))
    assert [str(each.due_on) for each in found.expected] == ["2026-02-28", "2026-03-31"]
    never = ControlFacts(None, None, [_definition("monthly")])
    nothing = period_of(never, [], start=BEGIN, end=date(2027, 1, 1), as_of=_at("2027-02-01"))
    assert nothing.outcome == PeriodOutcome.NOT_IN_OPERATION


def test_an_annual_control_in_a_short_period_falls_outside_unless_it_was_performed() -> None:
    control = _control(_definition("annual"))
    quarter = {"start": BEGIN, "end": date(2026, 4, 1), "as_of": _at("2026-04-01")}
    found = period_of(control, [], **quarter)  # type: ignore[arg-type]
    assert (found.outcome, found.counts.expected) == (PeriodOutcome.OUTSIDE_PERIOD, 0)
    assert found.next_due_on == date(2026, 12, 31)
    performed = period_of(control, [_performed("2026-02-01", "2026-12-31")], **quarter)  # type: ignore[arg-type]
    assert (performed.outcome, performed.counts.performances) == (PeriodOutcome.PERFORMED, 1)
    assert (performed.counts.additional, performed.next_due_on) == (0, None)


@pytest.mark.parametrize("frequency", ["ad_hoc", "continuous"])
def test_no_occurrence_is_neither_pass_nor_fail(frequency: str) -> None:
    control = _control(_definition(frequency))
    year = {"start": BEGIN, "end": date(2027, 1, 1), "as_of": _at("2027-01-01")}
    assert period_of(control, [], **year).outcome == PeriodOutcome.NO_OCCURRENCE  # type: ignore[arg-type]
    found = period_of(control, [_performed("2026-02-01")], **year)  # type: ignore[arg-type]
    assert (found.outcome, found.counts.additional) == (PeriodOutcome.PERFORMED, 1)


def test_a_day_lasts_until_midnight_where_the_control_is_performed() -> None:
    control = _control(_definition("monthly", time_zone="America/Los_Angeles"))
    last_minute = Performance(uuid.uuid4(), datetime(2026, 2, 1, 7, 59, tzinfo=UTC), date(2026, 1, 31))
    assert _standings(control, [last_minute], "2026-02-02")[0] == Standing.IN_TIME
    too_late = Performance(uuid.uuid4(), datetime(2026, 2, 1, 8, 0, tzinfo=UTC), date(2026, 1, 31))
    assert _standings(control, [too_late], "2026-02-02")[0] == Standing.MISSED


def test_a_performance_is_the_late_one_or_the_next() -> None:
    whole = stretches(_control(_definition("monthly", tolerance_days=5)))
    assert due_for(whole, _at("2026-02-03"), set()) == date(2026, 1, 31)
    assert due_for(whole, _at("2026-02-03"), {date(2026, 1, 31)}) == date(2026, 2, 28)
    assert due_for(whole, _at("2026-02-20"), set()) == date(2026, 2, 28)
    assert due_for(whole, _at("2026-02-20"), {date(2026, 2, 28)}) is None
    assert due_for(stretches(_control(_definition("ad_hoc"))), _at("2026-02-20"), set()) is None


@st.composite
def _controls(draw: st.DrawFn) -> ControlFacts:
    offsets = sorted(draw(st.sets(st.integers(0, 900), min_size=1, max_size=3)))
    definitions = [
        _definition(
            draw(WORDS),
            datetime(2025, 1, 1, draw(st.integers(0, 23)), tzinfo=UTC) + timedelta(days=offset),
            number,
            time_zone=draw(ZONES),
            tolerance_days=draw(st.integers(0, 40)),
        )
        for number, offset in enumerate(offsets, start=1)
    ]
    retired = draw(st.none() | st.integers(0, 1200))
    return _control(*definitions, retired_at=LONG_AGO + timedelta(days=retired) if retired is not None else None)


@given(
    _controls(),
    st.lists(st.integers(0, 1300), max_size=20),
    st.integers(0, 700),
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(0, 1500),
)
def test_periods_add_up(
    control: ControlFacts, days: list[int], offset: int, first: int, second: int, later: int
) -> None:
    """Expected = performed + missed + open, in every period; and two periods side by side are one."""
    whole = stretches(control)
    performances: list[Performance] = []
    for day in sorted(days):
        performed_at = LONG_AGO + timedelta(days=day, hours=5)
        taken = {each.due_on for each in performances if each.due_on}
        performances.append(Performance(uuid.uuid4(), performed_at, due_for(whole, performed_at, taken)))
    start = LONG_AGO.date() + timedelta(days=offset)
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    as_of = LONG_AGO + timedelta(days=later)
    one = period_of(control, performances, start=start, end=end, as_of=as_of)
    halves = [
        period_of(control, performances, start=begin, end=stop, as_of=as_of)
        for begin, stop in ((start, middle), (middle, end))
    ]
    for each in (one, *halves):
        assert each.counts.expected == each.counts.performed + each.counts.missed + each.counts.open
        assert each.counts.late <= each.counts.performed
        assert each.counts.additional <= each.counts.performances
    for name in ("expected", "performed", "late", "missed", "open", "additional", "performances"):
        assert getattr(one.counts, name) == sum(getattr(each.counts, name) for each in halves)
    assert [each.due_on for each in one.expected] == [each.due_on for half in halves for each in half.expected]
    assert all(is_due(whole, each.due_on) for each in one.expected)


@given(_controls(), st.integers(0, 700), st.integers(1, 400), st.integers(0, 1500), st.integers(0, 400))
def test_what_was_missed_stays_missed(
    control: ControlFacts, offset: int, length: int, later: int, further: int
) -> None:
    start = LONG_AGO.date() + timedelta(days=offset)
    end, as_of = start + timedelta(days=length), LONG_AGO + timedelta(days=later)
    before = period_of(control, [], start=start, end=end, as_of=as_of)
    after = period_of(control, [], start=start, end=end, as_of=as_of + timedelta(days=further))
    for was, became in zip(before.expected, after.expected, strict=True):
        assert was.standing == Standing.OPEN or became.standing == Standing.MISSED
