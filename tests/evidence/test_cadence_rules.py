"""When evidence is due, by the calendar and the clock of a time zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evidence.collecting.collections.models import Collection
from services.evidence.collecting.collections.rules import answered
from services.evidence.collecting.expectations.rules import Cadence, dates, fault_of, next_date, occurrence, opening

NOBODY, ANY = UUID(int=0), datetime(2026, 4, 1, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
RULES = st.builds(
    lambda unit, interval, more: f"FREQ={unit};INTERVAL={interval}{more}",
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]),
    st.integers(1, 5),
    st.sampled_from(["", ";BYDAY=MO", ";COUNT=7", ";UNTIL=20280101", ";WKST=SU"]),
)
STARTS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def a_cadence(rule: str = "FREQ=MONTHLY;BYMONTHDAY=1", **changes: Any) -> Cadence:
    given: dict[str, Any] = {
        "rule": rule,
        "starts_on": date(2026, 1, 1),
        "due_days": 0,
        "due_time": time(9),
        "lead_days": 0,
        "grace_days": 0,
        "time_zone": "UTC",
    }
    return Cadence(**given | changes)


def test_nine_in_the_morning_stays_nine_in_the_morning() -> None:
    cadence = a_cadence("FREQ=WEEKLY;BYDAY=MO", starts_on=date(2026, 3, 23), time_zone="Europe/Berlin")
    due = [occurrence(cadence, each).due_at for each in islice(dates(cadence.rule, cadence.starts_on), 2)]
    assert due == [datetime(2026, 3, 23, 8, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)]


def test_a_time_that_summer_time_skips_is_read_by_the_offset_before() -> None:
    cadence = a_cadence("FREQ=DAILY", due_time=time(2, 30), time_zone="Europe/Berlin")
    assert occurrence(cadence, date(2026, 3, 29)).due_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_quarter_is_due_some_days_after_it() -> None:
    cadence = a_cadence(
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
        due_days=10,
        lead_days=14,
        grace_days=5,
        time_zone="America/New_York",
    )
    first, second = islice(dates(cadence.rule, cadence.starts_on), 2)
    this = occurrence(cadence, second)
    zone = ZoneInfo("America/New_York")
    assert (first, second) == (date(2026, 1, 1), date(2026, 4, 1))
    assert this.covers_from == datetime(2026, 1, 1, tzinfo=zone)
    assert this.covers_until == datetime(2026, 4, 1, tzinfo=zone)
    assert this.opens_at == datetime(2026, 3, 28, tzinfo=zone)
    assert this.due_at == datetime(2026, 4, 11, 9, tzinfo=zone)
    assert this.overdue_at == datetime(2026, 4, 16, 9, tzinfo=zone)
    assert occurrence(cadence, first).covers_from == datetime(2025, 10, 1, tzinfo=zone)


def test_a_day_that_a_month_does_not_have_is_not_moved() -> None:
    cadence = a_cadence("FREQ=MONTHLY", starts_on=date(2026, 3, 31))
    assert list(islice(dates(cadence.rule, cadence.starts_on), 2)) == [date(2026, 3, 31), date(2026, 5, 31)]
    assert occurrence(cadence, date(2026, 3, 31)).covers_from.date() == date(2026, 1, 31)


def test_a_period_begins_where_the_rule_would_have_been_before() -> None:
    cadence = a_cadence("FREQ=YEARLY;INTERVAL=5", starts_on=date(2026, 2, 1))
    assert occurrence(cadence, date(2026, 2, 1)).covers_from.date() == date(2021, 2, 1)
    cadence = a_cadence("FREQ=DAILY", starts_on=date(2000, 1, 1))
    assert occurrence(cadence, date(2026, 2, 1)).covers_from.date() == date(2026, 1, 31)


def test_what_has_ended_opens_nothing() -> None:
    cadence = a_cadence("FREQ=DAILY;COUNT=3")
    assert next_date(cadence, after=date(2026, 1, 2)) == date(2026, 1, 3)
    assert opening(cadence, after=date(2026, 1, 3)) == (None, None)
    assert next_date(a_cadence("FREQ=DAILY;UNTIL=20260103"), after=date(2026, 1, 3)) is None
    assert opening(None) == (None, None)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9",
        "DTSTART:20260101",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;FREQ=WEEKLY",
        "INTERVAL=2;FREQ=DAILY",
        "FREQ=DAILY;UNTIL=20269999",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=-",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=YEARLY;INTERVAL=11",
        "FREQ=DAILY\nFREQ=DAILY",
    ],
)
def test_a_rule_that_is_none_is_told(rule: str) -> None:
    assert fault_of(rule, date(2026, 1, 1))


PARTS = st.sampled_from(
    [
        *("INTERVAL=999", "COUNT=3", "UNTIL=20300101", "UNTIL=00000000", "WKST=SU", "BYDAY=MO,-1FR", "BYDAY=53MO"),
        *(
            "BYMONTH=2",
            "BYMONTH=13",
            "BYMONTHDAY=31",
            "BYMONTHDAY=-31,29",
            "BYMONTHDAY=0",
            "BYYEARDAY=366",
            "BYWEEKNO=53",
        ),
        *("BYSETPOS=-1", "BYSETPOS=366", "BYSETPOS=0", "BYEASTER=0", "BYHOUR=1", "BYDAY=", "=", "X"),
    ]
)


@given(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]), st.lists(PARTS, max_size=4), STARTS)
def test_no_rule_breaks_it(unit: str, parts: list[str], starts_on: date) -> None:
    rule = ";".join([f"FREQ={unit}", *parts])
    if fault_of(rule, starts_on) is None:
        first = next(dates(rule, starts_on))
        assert first >= starts_on
        assert occurrence(a_cadence(rule, starts_on=starts_on), first).covers_from < ANY.replace(year=2060)


@given(RULES, STARTS, ZONES, st.integers(0, 30))
def test_periods_meet_and_due_follows_the_calendar(rule: str, starts_on: date, zone: str, due_days: int) -> None:
    if fault_of(rule, starts_on) is not None:
        return
    cadence = a_cadence(rule, starts_on=starts_on, time_zone=zone, due_days=due_days, grace_days=3, lead_days=2)
    assert Cadence.of(cadence.stored()) == cadence
    found = [occurrence(cadence, each) for each in islice(dates(rule, starts_on), 6)]
    for this in found:
        assert this.covers_from < this.covers_until <= this.due_at < this.overdue_at
        assert this.opens_at < this.due_at
        local = this.due_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (this.on + timedelta(days=due_days), time(9))
    for one, other in pairwise(found):
        assert one.covers_until == other.covers_from
        assert next_date(cadence, after=one.on) == other.on


def waiting(*days: tuple[int, int]) -> list[Collection]:
    return [
        Collection(
            org_id=NOBODY,
            expectation_id=NOBODY,
            control_id=NOBODY,
            owner_id=NOBODY,
            intended_on=date(2026, 4, until),
            due_at=ANY,
            overdue_at=ANY,
            created_at=ANY,
            updated_at=ANY,
            covers_from=datetime(2026, 4, since, tzinfo=UTC),
            covers_until=datetime(2026, 4, until, tzinfo=UTC),
        )
        for since, until in days
    ]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [((5, 6), (9, 0), 0), ((9, 23), (20, 0), 1), ((5, 0), (15, 0), 0), ((21, 0), (22, 0), None), ((1, 0), (30, 0), 0)],
)
def test_evidence_answers_the_period_it_covers_longest(
    since: tuple[int, int], until: tuple[int, int], found: int | None
) -> None:
    asked = waiting((1, 10), (10, 19))
    begins, ends = (datetime(2026, 4, day, hour, tzinfo=UTC) for day, hour in (since, until))
    assert answered(begins, ends, asked) is (None if found is None else asked[found])
