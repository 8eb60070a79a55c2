"""On which days a control is due: the calendar, and rules that are no rules."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.controls.register.rhythms.rules import (
    Rhythm,
    due_dates,
    end_of,
    faults_of,
    first_due,
    local_day,
    rhythm_of,
)
from services.controls.register.rhythms.schemas import Recurrence

DAYS = st.dates(date(2000, 1, 1), date(2150, 12, 31))
WORDS = st.sampled_from(["daily", "weekly", "monthly", "quarterly", "annual"])
RULES = {
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR": "daily",
    "FREQ=DAILY;INTERVAL=3": "daily",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU": "weekly",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1": "monthly",
    "FREQ=MONTHLY;BYDAY=-1FR": "monthly",
    "FREQ=MONTHLY;BYMONTHDAY=31": "quarterly",  # seven months have one
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1": "quarterly",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1": "annual",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=6;BYMONTHDAY=1": "annual",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO": "annual",
}


def _rhythm(word: str, **recurrence: object) -> Rhythm:
    rhythm = rhythm_of(word, Recurrence.model_validate(recurrence))
    assert rhythm is not None
    return rhythm


def _due(rhythm: Rhythm, start: str, end: str) -> list[str]:
    return [str(day) for day in due_dates(rhythm, date.fromisoformat(start), date.fromisoformat(end))]


def test_the_words_are_due_by_the_ends_of_the_calendar() -> None:
    assert _due(_rhythm("monthly"), "2028-01-01", "2028-04-01") == ["2028-01-31", "2028-02-29", "2028-03-31"]
    assert _due(_rhythm("quarterly"), "2026-01-01", "2027-01-01") == [
        "2026-03-31",
        "2026-06-30",
        "2026-09-30",
        "2026-12-31",
    ]
    assert _due(_rhythm("annual"), "2026-01-01", "2026-12-31") == []
    assert _due(_rhythm("annual"), "2026-12-31", "2027-01-01") == ["2026-12-31"]
    assert _due(_rhythm("weekly"), "2026-03-01", "2026-03-16") == ["2026-03-01", "2026-03-08", "2026-03-15"]
    assert len(_due(_rhythm("daily"), "2028-01-01", "2029-01-01")) == 366
    assert [rhythm_of(word, None) for word in ("continuous", "ad_hoc")] == [None, None]


def test_leap_days_and_month_ends() -> None:
    leap = _rhythm("annual", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", starts_on="2024-02-29")
    assert _due(leap, "2024-01-01", "2033-01-01") == ["2024-02-29", "2028-02-29", "2032-02-29"]
    last = _rhythm("monthly", rule="FREQ=MONTHLY;BYMONTHDAY=-1", starts_on="2026-01-31")
    assert _due(last, "2026-01-01", "2026-05-01") == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_rule_ends_with_its_last_day() -> None:
    ends = _rhythm("weekly", rule="FREQ=WEEKLY;UNTIL=20260119;BYDAY=MO", starts_on="2026-01-05")
    assert _due(ends, "2026-01-01", "2026-03-01") == ["2026-01-05", "2026-01-12", "2026-01-19"]
    assert first_due(ends, date(2026, 1, 20)) is None


@given(WORDS, DAYS, st.integers(0, 800), st.integers(0, 800))
def test_halves_of_a_period_add_up(word: str, start: date, first: int, second: int) -> None:
    rhythm = _rhythm(word)
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    assert due_dates(rhythm, start, end) == due_dates(rhythm, start, middle) + due_dates(rhythm, middle, end)


@given(st.sampled_from(sorted(RULES)), st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 20_000))
def test_a_rule_says_the_same_from_wherever_it_is_looked_at(rule: str, starts_on: date, later: int) -> None:
    rhythm = _rhythm(RULES[rule], rule=rule, starts_on=str(starts_on))
    look = starts_on + timedelta(days=later)
    window = due_dates(rhythm, look, look + timedelta(days=400))
    whole = due_dates(rhythm, starts_on, look + timedelta(days=400))
    assert window == tuple(day for day in whole if day >= look)
    assert first_due(rhythm, look) == (window[0] if window else first_due(rhythm, look + timedelta(days=400)))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_has_the_word_that_its_days_come_to(rule: str) -> None:
    for word in ("daily", "weekly", "monthly", "quarterly", "annual"):
        faults = faults_of(word, Recurrence.model_validate({"rule": rule, "starts_on": "2026-01-05"}))
        assert [each.pointer for each in faults] == ([] if word == RULES[rule] else ["/recurrence/rule"])


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=8",
        "FREQ=MONTHLY;COUNT=3",
        "FREQ=MONTHLY;BYHOUR=9",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYMONTHDAY=2",
        "FREQ=MONTHLY;UNTIL=20260230",
        "FREQ=MONTHLY;UNTIL=20260131T000000Z",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=10",
        "FREQ=WEEKLY;INTERVAL=52;BYDAY=MO;BYMONTH=7",
        "RRULE:FREQ=MONTHLY",
        "monthly",
        ";",
    ],
)
def test_what_is_no_rhythm_is_refused_in_no_time(rule: str) -> None:
    begun = time.process_time()
    faults = faults_of("monthly", Recurrence.model_validate({"rule": rule, "starts_on": "2026-01-01"}))
    assert [each.pointer for each in faults] == ["/recurrence/rule"]
    assert time.process_time() - begun < 1


@given(st.from_regex(r"\AFREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]{2,10}=[-+,0-9A-Z]{1,6}){0,3}\Z"), WORDS)
@example("FREQ=YEARLY;BYDAY=1MO;BYWEEKNO=1", "annual")
@example("FREQ=YEARLY;BYYEARDAY=999", "annual")
def test_whatever_a_rule_says_it_is_read_or_refused(rule: str, word: str) -> None:
    for fault in faults_of(word, Recurrence.model_validate({"rule": rule, "starts_on": "2026-01-01"})):
        assert fault.detail


def test_what_waits_for_what_happens_takes_no_rule() -> None:
    rule = Recurrence.model_validate({"rule": "FREQ=DAILY", "starts_on": "2026-01-01"})
    assert [each.pointer for each in faults_of("ad_hoc", rule)] == ["/recurrence"]
    assert faults_of("ad_hoc", Recurrence(time_zone="Europe/Berlin")) == []
    without_a_start = Recurrence(rule="FREQ=DAILY")
    assert [each.pointer for each in faults_of("daily", without_a_start)] == ["/recurrence/starts_on"]


@pytest.mark.parametrize(
    ("zone", "day", "ends", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-29T22:00:00+00:00", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25T23:00:00+00:00", 25),
        ("America/New_York", date(2026, 6, 30), "2026-07-01T04:00:00+00:00", 24),
        ("UTC", date(2028, 2, 29), "2028-03-01T00:00:00+00:00", 24),
    ],
)
def test_a_day_ends_at_midnight_whatever_the_clocks_do(zone: str, day: date, ends: str, hours: int) -> None:
    assert end_of(day, zone) == datetime.fromisoformat(ends)
    assert end_of(day, zone) - end_of(day - timedelta(days=1), zone) == timedelta(hours=hours)


@given(st.sampled_from(["Europe/Berlin", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Apia", "UTC"]), DAYS)
def test_an_instant_lies_in_the_day_that_has_not_ended(zone: str, day: date) -> None:
    ends = end_of(day, zone)
    assert local_day(ends, zone) > day
    instant = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert instant < end_of(local_day(instant, zone), zone)
