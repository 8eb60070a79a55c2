"""When evidence is due: a recurrence rule (RFC 5545, 3.3.10) over local dates, and the instants that follow from one.

A date that the rule gives ends the period the evidence is about; the period begins at the date before it. Evidence is
due some days later at a time of day. All of it is reckoned on the calendar and the clock of a time zone, so that 09:00
stays 09:00 when summer time begins, and from the date that the rule intends, whenever the last evidence came.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Self
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

# The 29th of February is missing for eight years around 2100; a rule without a date for longer has ended.
_LONGEST_GAP = timedelta(days=12 * 366)
_LONGEST_YEARS = 10
_UNITS = {"YEARLY": "years", "MONTHLY": "months", "WEEKLY": "weeks", "DAILY": "days"}
# So many intervals before the first date there is another, a leap day's and a fifth Monday's too.
_INTERVALS_BACK = {"YEARLY": 4, "MONTHLY": 12, "WEEKLY": 12, "DAILY": 12}
# A rule that never matches is looked for to the year 9999, so that what could make one of every day or week is refused.
_COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYDAY"})
_TAKEN = {
    "DAILY": _COMMON,
    "WEEKLY": _COMMON,
    "MONTHLY": _COMMON | {"BYMONTHDAY", "BYSETPOS"},
    "YEARLY": _COMMON | {"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"},
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBERS = r"{0}(?:,{0})*"
_PART = re.compile(
    r"FREQ=(?:YEARLY|MONTHLY|WEEKLY|DAILY)|INTERVAL=[1-9]\d?|COUNT=[1-9]\d{0,3}|UNTIL=\d{8}|WKST=(?:MO|SU)"
    rf"|BYDAY={_NUMBERS.format('(?:[+-]?[1-9][0-9]?)?(?:MO|TU|WE|TH|FR|SA|SU)')}"
    rf"|BYMONTH={_NUMBERS.format('(?:[1-9]|1[0-2])')}|BYMONTHDAY={_NUMBERS.format('-?(?:[1-9]|[12][0-9]|3[01])')}"
    rf"|BY(?:YEARDAY|SETPOS)={_NUMBERS.format('-?(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])')}"
    rf"|BYWEEKNO={_NUMBERS.format('-?(?:[1-9]|[1-4][0-9]|5[0-3])')}"
)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often evidence is collected. `rule` has no start of its own: that is `starts_on`."""

    rule: str
    starts_on: date
    due_days: int
    due_time: time
    lead_days: int
    grace_days: int
    time_zone: str

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """As the database holds it."""
        cadence: Self = TypeAdapter(cls).validate_python(stored)
        return cadence

    def stored(self) -> dict[str, Any]:
        """As JSON for the database."""
        found: dict[str, Any] = to_jsonable_python(asdict(self))
        return found


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What follows from one date of a cadence. The period is half-open, as periods are everywhere."""

    on: date
    covers_from: datetime
    covers_until: datetime
    opens_at: datetime
    due_at: datetime
    overdue_at: datetime


def fault_of(rule: str, starts_on: date) -> str | None:
    """What is wrong with a rule, if anything."""
    parts = rule.split(";")
    if unknown := [part for part in parts if not _PART.fullmatch(part)]:
        return f"not a part of a rule of days (RFC 5545, 3.3.10): {unknown[0]}"
    names = [part.partition("=")[0] for part in parts]
    if len(set(names)) < len(names) or names[0] != "FREQ" or {"COUNT", "UNTIL"} <= set(names):
        return "begins with FREQ, and has each part once and not both COUNT and UNTIL"
    unit = parts[0].removeprefix("FREQ=")
    if untaken := [name for name in names if name not in _TAKEN[unit]]:
        return f"{untaken[0]} does not go with {unit}"
    if unit == "YEARLY" and int(_parts(rule).get("INTERVAL", "1")) > _LONGEST_YEARS:
        return f"has more than {_LONGEST_YEARS} years between its dates"
    try:
        first = next(dates(rule, starts_on), None)
    except (ValueError, TypeError, IndexError) as error:
        return f"not a recurrence rule: {error}"
    return "gives no date" if first is None else None


def dates(rule: str, starts_on: date, *, after: date | None = None) -> Iterator[date]:
    """The dates of a rule from `starts_on` on; with `after`, those after it."""
    horizon = max(after or starts_on, starts_on) + _LONGEST_GAP
    return (day for day in _dates(_parts(rule), starts_on, horizon) if after is None or day > after)


def next_date(cadence: Cadence, *, after: date | None = None) -> date | None:
    """The first date after another, or the very first; None when the cadence has ended."""
    return next(dates(cadence.rule, cadence.starts_on, after=after), None)


def occurrence(cadence: Cadence, on: date) -> Occurrence:
    """What follows from a date of the cadence."""
    due_on = on + timedelta(days=cadence.due_days)
    lead, grace = timedelta(days=cadence.lead_days), timedelta(days=cadence.grace_days)
    return Occurrence(
        on=on,
        covers_from=_instant(cadence, _date_before(cadence, on), time()),
        covers_until=_instant(cadence, on, time()),
        opens_at=_instant(cadence, due_on - lead, time()),
        due_at=_instant(cadence, due_on, cadence.due_time),
        overdue_at=_instant(cadence, due_on + grace, cadence.due_time),
    )


def opening(cadence: Cadence | None, *, after: date | None = None) -> tuple[date | None, datetime | None]:
    """The next date of a cadence and when its collection is opened; neither when there is no next."""
    following = None if cadence is None else next_date(cadence, after=after)
    return following, occurrence(cadence, following).opens_at if cadence and following else None


def _date_before(cadence: Cadence, on: date) -> date:
    """The date before `on`; before the first it is the one that the rule would have given, had it begun earlier."""
    parts = _explicit(_parts(cadence.rule), cadence.starts_on)
    unit, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    start = cadence.starts_on - relativedelta(**{_UNITS[unit]: _INTERVALS_BACK[unit] * interval})  # type: ignore[arg-type]
    unending = {name: value for name, value in parts.items() if name not in {"COUNT", "UNTIL"}}
    before = start
    for before in _dates(unending, start, on - timedelta(days=1)):  # noqa: B007 - the last one is wanted
        pass
    return before


def _dates(parts: dict[str, str], starts_on: date, horizon: date) -> Iterator[date]:
    """The dates of a rule up to a horizon."""
    until = min(parts.get("UNTIL", f"{horizon:%Y%m%d}"), f"{horizon:%Y%m%d}")
    endless = _text({name: value for name, value in parts.items() if name not in {"COUNT", "UNTIL"}})
    found = rrulestr(f"{endless};UNTIL={until}T235959", dtstart=datetime.combine(starts_on, time()))
    return (instant.date() for instant in islice(found, int(parts["COUNT"]) if "COUNT" in parts else None))


def _explicit(parts: dict[str, str], starts_on: date) -> dict[str, str]:
    """The rule with what it takes from its start written out, so that another start means the same dates."""
    if parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        return parts
    match parts["FREQ"]:
        case "YEARLY":
            return {"BYMONTH": str(starts_on.month), **parts, "BYMONTHDAY": str(starts_on.day)}
        case "MONTHLY":
            return {**parts, "BYMONTHDAY": str(starts_on.day)}
        case "WEEKLY":
            return {**parts, "BYDAY": _DAYS[starts_on.weekday()]}
        case _:
            return parts


def _instant(cadence: Cadence, day: date, at: time) -> datetime:
    """A local time as an instant. One that summer time skips is read by the offset before it, as RFC 5545 has it."""
    return datetime.combine(day, at, ZoneInfo(cadence.time_zone)).astimezone(UTC)


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def _text(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())
