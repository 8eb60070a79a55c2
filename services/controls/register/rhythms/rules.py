"""When a control is due. Pure, in days: the finest a control recurs is daily.

Continuous and ad hoc controls have no rhythm: they are performed when something happens, and nobody can say how often
they should have been. Every expansion is bounded: a rule that never comes to anything ends as fast as any other.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.schemas import Recurrence
from shared.problems import Fault, Invalid

# By the end of each day, ISO week, month, quarter, year.
_DEFAULTS: Mapping[str, str] = {
    ControlFrequency.DAILY: "FREQ=DAILY",
    ControlFrequency.WEEKLY: "FREQ=WEEKLY;BYDAY=SU",
    ControlFrequency.MONTHLY: "FREQ=MONTHLY;BYMONTHDAY=-1",
    ControlFrequency.QUARTERLY: "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    ControlFrequency.ANNUAL: "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
}
# The least number of occurrences a year for each word, so that sample sizes, which follow from the word, are right.
_AT_LEAST = (
    (100.0, ControlFrequency.DAILY),
    (26.0, ControlFrequency.WEEKLY),
    (9.0, ControlFrequency.MONTHLY),
    (3.0, ControlFrequency.QUARTERLY),
    (0.0, ControlFrequency.ANNUAL),
)
_EARLIEST = date(2000, 1, 1)  # the first day of a default rule, whose days do not depend on where it starts
_YEARS = 3
_RARELY = timedelta(
    days=_YEARS * 366
)  # a rule that has nothing in so long is refused, and nothing is looked for longer
_LOOKED_BACK = (40, 400)  # days in which a monthly or an annual rule has a day, as a rule

_DAYS = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_MONTHS = r"(?:1[0-2]|[1-9])"
_MONTH_DAYS = r"(?:-?(?:3[01]|[12][0-9]|[1-9]))"
_SOME = r"{0}(?:,{0})*"
_EVERY = {"INTERVAL": r"[1-9][0-9]{0,2}", "UNTIL": r"[0-9]{8}", "BYMONTH": _SOME.format(_MONTHS)}
_WEEKLY = _EVERY | {"BYDAY": _SOME.format(_DAYS), "WKST": _DAYS}
_MONTHLY = _EVERY | {
    "BYDAY": _SOME.format(rf"(?:[+-]?[1-5])?{_DAYS}"),
    "BYMONTHDAY": _SOME.format(_MONTH_DAYS),
    "BYSETPOS": _SOME.format(_MONTH_DAYS),
}
_YEARLY = _MONTHLY | {
    "BYYEARDAY": _SOME.format(r"(?:-?[1-9][0-9]{0,2})"),
    "BYWEEKNO": _SOME.format(r"(?:-?[1-9][0-9]?)"),
    "WKST": _DAYS,
}
_DAILY = _EVERY | {"BYDAY": _SOME.format(_DAYS)}
_TAKES = {"DAILY": _DAILY, "WEEKLY": _WEEKLY, "MONTHLY": _MONTHLY, "YEARLY": _YEARLY}


_UNIT = re.compile("FREQ=([A-Z]+)")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rule with all that it needs: when it starts, where its days are, and how late is not too late."""

    rule: str
    starts_on: date
    time_zone: str
    tolerance: timedelta


RECURRING: Collection[str] = tuple(_DEFAULTS)


def recurs(frequency: str) -> bool:
    """Whether a control of this frequency has due days; one that is performed when something happens has none."""
    return frequency in _DEFAULTS


def rhythm_of(frequency: str, recurrence: Recurrence | None) -> Rhythm | None:
    """The rhythm of a control; None for one that is performed when something happens."""
    default = _DEFAULTS.get(frequency)
    if default is None:
        return None
    given = recurrence or Recurrence()
    rule, starts_on = given.rule or default, given.starts_on or _EARLIEST
    return Rhythm(rule, starts_on, given.time_zone, timedelta(days=given.tolerance_days))


def require_rhythm(frequency: str, recurrence: Mapping[str, Any] | None) -> None:
    """Refuse a recurrence that cannot be followed, or that does not go with the word for the frequency."""
    if faults := faults_of(ControlFrequency(frequency), Recurrence.model_validate(recurrence) if recurrence else None):
        raise Invalid("The recurrence does not fit the frequency.", faults=faults)


def faults_of(frequency: str, recurrence: Recurrence | None) -> list[Fault]:
    """Why a recurrence cannot be that of a control of this frequency."""
    if recurrence is None or (recurrence.rule is None and recurrence.starts_on is None):
        return []
    if frequency not in _DEFAULTS:
        word = frequency.replace("_", " ")
        return [Fault("/recurrence", f"A control whose frequency is {word} has no due days.")]
    if recurrence.rule is None:
        return []
    if recurrence.starts_on is None:
        return [Fault("/recurrence/starts_on", "A rule needs its first day.")]
    wrong = _unreadable(recurrence.rule) or _unfitting(frequency, recurrence.rule, recurrence.starts_on)
    return [Fault("/recurrence/rule", wrong)] if wrong else []


def due_dates(rhythm: Rhythm, start: date, end: date) -> tuple[date, ...]:
    """The days from `start` until before `end` on which the control is due."""
    return _expanded(rhythm.rule, rhythm.starts_on, start, end)


@lru_cache(maxsize=4096)
def first_due(rhythm: Rhythm, start: date) -> date | None:
    """The first due day on or after `start`; None when there is none for years."""
    rule, begins, end = _bounded(rhythm.rule, rhythm.starts_on, start, max(start, rhythm.starts_on) + _RARELY)
    return next((day for day in _days(rule, begins, end) if day >= start), None)


@lru_cache(maxsize=4096)
def last_due(rhythm: Rhythm, before: date) -> date | None:
    """The last due day before a day; None when there is none for years."""
    for days in (*_LOOKED_BACK, _RARELY.days):
        if due := due_dates(rhythm, before - timedelta(days=days), before):
            return due[-1]
    return None


def local_day(instant: datetime, time_zone: str) -> date:
    """The day that an instant lies in, where the control is performed."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def end_of(day: date, time_zone: str) -> datetime:
    """The first instant after a day: midnight there, or the first instant after it that the clocks show."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone)).astimezone(UTC)


def begin_of(day: date, time_zone: str) -> datetime:
    """The first instant of a day, likewise."""
    return end_of(day - timedelta(days=1), time_zone)


def _unreadable(rule: str) -> str | None:
    pairs = [part.partition("=")[::2] for part in rule.split(";")]
    parts = dict(pairs)
    if len(parts) != len(pairs):
        return "A part of the rule stands in it twice."
    takes = _TAKES.get(parts.pop("FREQ", ""))
    if takes is None:
        return f"FREQ is one of {', '.join(_TAKES)}."
    for name, value in parts.items():
        if not re.fullmatch(takes.get(name, "(?!)"), value):
            return f"{name}={value} is not taken here; these parts are: {', '.join(takes)}."
    if takes is _DAILY and "INTERVAL" in parts and parts.keys() & {"BYDAY", "BYMONTH"}:
        return "Every so many days and only on some of them comes to no rhythm: leave INTERVAL or the others out."
    return "UNTIL is no date." if "UNTIL" in parts and _until(rule) is None else None


def _unfitting(frequency: str, rule: str, starts_on: date) -> str | None:
    comes = _how_often(rule, starts_on)
    if not comes:
        return f"It has no day in its first {_YEARS} years."
    word = next(word for least, word in _AT_LEAST if comes >= least)
    return None if word == frequency else f"It comes about {comes:.1f} times a year: that is {word}, not {frequency}."


def _until(rule: str) -> date | None:
    found = re.search(r"(?:^|;)UNTIL=([0-9]{8})(?=;|$)", rule)
    try:
        return datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC).date() if found else None
    except ValueError:
        return None


def _how_often(rule: str, starts_on: date) -> float:
    """How many times a year, at its beginning; without an end, which is no matter of frequency."""
    endless = re.sub(r"(^|;)UNTIL=[0-9]{8}", "", rule)
    return len(_expanded(endless, starts_on, starts_on, starts_on + _RARELY)) / _YEARS


@lru_cache(maxsize=4096)
def _expanded(rule: str, starts_on: date, start: date, end: date) -> tuple[date, ...]:
    if start >= end:
        return ()
    endless, begins, last = _bounded(rule, starts_on, start, end)
    return tuple(day for day in _days(endless, begins, last) if day >= start)


def _bounded(rule: str, starts_on: date, start: date, end: date) -> tuple[str, date, date]:
    """The rule without its end, a first day of it near `start`, and the day before which to stop.

    It is counted on by whole intervals (of leap years, where it goes by months or years), since it may have begun many
    of them ago.
    """
    until = _until(rule)
    if until is not None:
        rule = re.sub(r"(^|;)UNTIL=[0-9]{8}", "", rule).lstrip(";")
        end = min(end, until + timedelta(days=1))
    every = re.search("INTERVAL=([0-9]+)", rule)
    interval = int(every[1]) if every else 1
    return rule, _counted_on(starts_on, start, "".join(_UNIT.findall(rule)), interval), end


def _counted_on(starts_on: date, start: date, unit: str, interval: int) -> date:
    if start <= starts_on:
        return starts_on
    if days := {"DAILY": 1, "WEEKLY": 7}.get(unit, 0) * interval:
        return starts_on + timedelta(days=(start - starts_on).days // days * days)
    years = max(0, start.year - 1 - starts_on.year) // (4 * interval) * 4 * interval
    try:
        return starts_on.replace(year=starts_on.year + years)
    except ValueError:  # 29 February, and a century that has none
        return starts_on


def _days(rule: str, begins: date, end: date) -> Iterator[date]:
    """The days of a rule until before `end`, found in the last years that Python has.

    The calendar repeats itself every 400 years, weekdays and leap years and all. A rule that never comes to anything
    (30 February) is looked for until the year 9999, which is thousands of years away from here and a few from there.
    """
    shift = (9999 - max(begins, end).year) // 400 * 400
    last = end.replace(year=end.year + shift)
    found = rrulestr(rule, dtstart=datetime(begins.year + shift, begins.month, begins.day))  # noqa: DTZ001 - a day
    for instant in takewhile(lambda instant: instant.date() < last, found):
        yield date(instant.year - shift, instant.month, instant.day)
