"""When the next engagement of a kind is, and when its milestones are. Pure.

No standard says how long the period of a Type 2 report is, or when the next begins. Users of the reports expect no gap
between two periods, and a new report about once a year: that is convention. A certification against ISO/IEC 27001 is
not repeated by a further stage 1 or stage 2, but followed by surveillance audits, so that nothing follows on from
those.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.engagements.rules import AS_OF_A_DATE

MONTHS_OF_A_YEAR = 12
_A_DAY = timedelta(days=1)
_NAMES = {
    EngagementKind.SOC2_TYPE1: "SOC 2 Type 1",
    EngagementKind.SOC2_TYPE2: "SOC 2 Type 2",
    EngagementKind.SOC1_TYPE1: "SOC 1 Type 1",
    EngagementKind.SOC1_TYPE2: "SOC 1 Type 2",
}


@dataclass(frozen=True, slots=True)
class Step:
    """How far a plan is put off: by whole months of the calendar, or else by days."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """The day, put off; the last of the month where the month is too short for it."""
        return months_after(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Following:
    """The days of the engagement that follows on; both are the as-of date of a Type 1."""

    first_day: date
    last_day: date
    step: Step


def following(kind: EngagementKind, first_day: date, last_day: date, *, months: int | None) -> Following | None:
    """When the engagement after one of these days is; None where no further one of its kind follows.

    A period begins on the day after the last and is as long, or has as many `months` as are asked for. A date comes a
    year later, or so many months. A period of whole months is followed by as many whole months, whatever their days.
    """
    if kind not in _NAMES:
        return None
    if kind in AS_OF_A_DATE:
        step = Step(months=months or MONTHS_OF_A_YEAR)
        return Following(step.after(first_day), step.after(first_day), step)
    start = last_day + _A_DAY
    length = months or whole_months(first_day, start)
    end = months_after(start, length) if length else start + (start - first_day)
    lasted = whole_months(first_day, start)
    return Following(start, end - _A_DAY, Step(months=lasted) if lasted else Step(days=(start - first_day).days))


def title_of(kind: EngagementKind, following: Following) -> str:
    """What the engagement is called by its kind and days, until somebody finds a better name."""
    if kind in AS_OF_A_DATE:
        return f"{_NAMES[kind]}, as of {following.first_day}"
    return f"{_NAMES[kind]}, {following.first_day} to {following.last_day}"


def whole_months(first: date, after: date) -> int:
    """How many months of the calendar lie between two days; 0 when they are not whole ones."""
    months = (after.year - first.year) * MONTHS_OF_A_YEAR + after.month - first.month
    return months if after.day == first.day else 0


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where the month is too short for it."""
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
