"""When the next engagement is, and when its milestones are. Pure.

No standard says how long the period of a Type 2 report is, or when the next begins. Users of the reports expect no gap
between two periods, and a new report about once a year: that is convention. A certification against ISO/IEC 27001 goes
on as ISO/IEC 17021-1 says (9.1.3, 9.6): stage 2 after stage 1, surveillance once a calendar year and the first within
twelve months of the decision, recertification before the certificate's last day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from services.audit.description.described_engagements.rules import DESCRIBED
from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.engagements.rules import AS_OF_A_DATE, CYCLE, months_after

MONTHS_OF_A_YEAR = 12
_A_DAY = timedelta(days=1)
_NAMES = {
    EngagementKind.SOC2_TYPE1: "SOC 2 Type 1",
    EngagementKind.SOC2_TYPE2: "SOC 2 Type 2",
    EngagementKind.SOC1_TYPE1: "SOC 1 Type 1",
    EngagementKind.SOC1_TYPE2: "SOC 1 Type 2",
    EngagementKind.ISO27001_STAGE2: "ISO/IEC 27001 stage 2",
    EngagementKind.ISO27001_SURVEILLANCE: "ISO/IEC 27001 surveillance",
    EngagementKind.ISO27001_RECERTIFICATION: "ISO/IEC 27001 recertification",
}
_SURVEILLANCES = 2
_BEFORE_THE_END = 3


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
    if kind not in DESCRIBED:
        return None
    if kind in AS_OF_A_DATE:
        step = Step(months=months or MONTHS_OF_A_YEAR)
        return Following(step.after(first_day), step.after(first_day), step)
    start = last_day + _A_DAY
    length = months or whole_months(first_day, start)
    end = months_after(start, length) if length else start + (start - first_day)
    lasted = whole_months(first_day, start)
    return Following(start, end - _A_DAY, Step(months=lasted) if lasted else Step(days=(start - first_day).days))


@dataclass(frozen=True, slots=True)
class Certified:
    """The certificate behind an audit: its days, and how many surveillance audits there were since, this one too."""

    decided_on: date
    valid_until: date
    surveillances: int


def following_audit(
    kind: EngagementKind, first_day: date, last_day: date, *, certified: Certified | None, months: int | None
) -> tuple[EngagementKind, Following] | None:
    """The audit after one of these days; None where none follows.

    Stage 2 comes a month after stage 1, or so many `months`, which leaves time for the areas of concern. Surveillance
    ends a month before it is due, recertification three months before the certificate ends, as long as the last audit.
    """
    length = last_day - first_day
    if kind == EngagementKind.ISO27001_STAGE1:
        start = months_after(last_day, months or 1)
        return EngagementKind.ISO27001_STAGE2, _put_off(first_day, start, start + length)
    if kind not in CYCLE or certified is None:
        return None
    if certified.surveillances < _SURVEILLANCES:
        due = months_after(certified.decided_on, MONTHS_OF_A_YEAR * (certified.surveillances + 1))
        end = months_after(due, -(months or 1))
        return EngagementKind.ISO27001_SURVEILLANCE, _put_off(first_day, end - length, end)
    end = months_after(certified.valid_until, -(months or _BEFORE_THE_END))
    return EngagementKind.ISO27001_RECERTIFICATION, _put_off(first_day, end - length, end)


def title_of(kind: EngagementKind, following: Following) -> str:
    """What the engagement is called by its kind and days, until somebody finds a better name."""
    if kind in AS_OF_A_DATE:
        return f"{_NAMES[kind]}, as of {following.first_day}"
    return f"{_NAMES[kind]}, {following.first_day} to {following.last_day}"


def _put_off(before: date, first_day: date, last_day: date) -> Following:
    return Following(first_day, last_day, Step(days=(first_day - before).days))


def whole_months(first: date, after: date) -> int:
    """How many months of the calendar lie between two days; 0 when they are not whole ones."""
    months = (after.year - first.year) * MONTHS_OF_A_YEAR + after.month - first.month
    return months if after.day == first.day else 0
