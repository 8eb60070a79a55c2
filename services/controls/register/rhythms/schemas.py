from datetime import date
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from shared.http.fields import Input

_ZONES = frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("not a time zone of the IANA database")
    return name


TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_known_zone),
    Field(examples=["Europe/Berlin"], description="IANA name: a day of the control begins and ends there"),
]


class Recurrence(Input):
    """On which days a control is due. Each day ends at midnight in the time zone, whether clocks are changed or not.

    An occurrence is due on a day and may be performed on any day since the one before it was due.
    """

    rule: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None,
        examples=["FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1"],
        description="RRULE of RFC 5545 in days: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, UNTIL a date; no COUNT and no"
        " time of day. When left out, the end of each day, week (Sunday), month, quarter or year, by the frequency",
    )
    starts_on: Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))] | None = Field(
        default=None,
        examples=["2026-01-05"],
        description="DTSTART: needed with a rule, whose intervals it counts; due itself only if the rule says so",
    )
    time_zone: TimeZone = "UTC"
    tolerance_days: int = Field(
        default=0, ge=0, le=92, description="How many days late it still counts as performed; missed after that"
    )
