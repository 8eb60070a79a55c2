"""Which expected occurrences were missed, and how far that is made good. Pure.

1. An expected occurrence is missed when the control was not performed for it within the tolerance after its due day.
2. What was missed stays missed. What is recorded later, as performed in time, makes it good: nothing is left to follow
   up, and the miss is told with the day of that record.
3. A miss is followed up when the control was performed again after the due day, for that day or for another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.controls.register.occurrences.rules import Stretch, next_due
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.rules import end_of

RARE = frozenset({ControlFrequency.MONTHLY, ControlFrequency.QUARTERLY, ControlFrequency.ANNUAL})
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueDay:
    """An expected occurrence: the end of its day, and of the tolerance after it."""

    due_on: date
    definition_id: UUID
    definition: int
    day_ended_at: datetime
    missed_at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """The due days that can be judged by now, those of them that were missed, and when to judge again."""

    judged: Sequence[DueDay]
    missed: Sequence[DueDay]
    judged_until: date
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownMiss:
    """A miss on record, and whether its day is no longer expected."""

    id: UUID
    void: bool


@dataclass(frozen=True, slots=True)
class Miss:
    """A missed occurrence. It is rare when it was expected monthly or more rarely.

    `made_good_on` is the day in UTC on which it was recorded that it was performed in time; None when nothing says so.
    `counts_until` is the end of the period of a programme that holds the due day; None where no programme has one.
    """

    due_on: date
    missed_at: datetime
    is_rare: bool
    is_followed_up: bool
    made_good_on: date | None = None
    counts_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MissRecord:
    """The misses of a control, and how many expected occurrences of the last twelve months were performed in time."""

    misses: Sequence[Miss] = ()
    performed: int = 0


NEVER_MISSED = MissRecord()


def judge(control: Sequence[Stretch], performed: Mapping[date, datetime], *, since: date, as_of: datetime) -> Judgement:
    """Judge the due days of a control from a day on; `performed` says when it was first performed for which day."""
    days = _due_days(control, since, as_of)
    judged = [day for day in days if day.missed_at <= as_of]
    waiting = [day for day in days if day.missed_at > as_of]
    missed = [day for day in judged if day.due_on not in performed or performed[day.due_on] >= day.missed_at]
    return Judgement(
        judged=judged,
        missed=missed,
        judged_until=min((day.due_on for day in waiting), default=max(since, as_of.date())),
        next_at=min((day.missed_at for day in waiting), default=None),
    )


def _due_days(control: Sequence[Stretch], since: date, as_of: datetime) -> list[DueDay]:
    """The due days from a day until the first that is still to come."""
    tomorrow = as_of.date() + _A_DAY
    end = tomorrow + _A_DAY
    days = [_day(stretch, due) for stretch in control for due in stretch.within(since, end).due()]
    following = next_due(control, max(since, end))
    if following is not None:
        stretch = next(stretch for stretch in control if stretch.start <= following < stretch.end)
        days.append(_day(stretch, following))
    return days


def _day(stretch: Stretch, due: date) -> DueDay:
    assert stretch.rhythm is not None
    zone = stretch.rhythm.time_zone
    return DueDay(
        due_on=due,
        definition_id=stretch.definition.id,
        definition=stretch.definition.number,
        day_ended_at=end_of(due, zone),
        missed_at=end_of(due + stretch.rhythm.tolerance, zone),
    )
