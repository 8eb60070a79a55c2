"""What is known of a control over a period, and which days evidence does not show. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.controls.days import Days, without
from shared.events.catalogue.controls import ReasonCode


@dataclass(frozen=True, slots=True)
class Failing:
    """Days on which something showed that the control does not work."""

    code: ReasonCode
    words: str
    days: Days


@dataclass(frozen=True, slots=True)
class Missed:
    """A due day for which the control was not performed in time, and the day on which a record said that it was."""

    due_on: date
    made_good_on: date | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is expected as evidence of a control, for which days, and which of them accepted evidence covers.

    `shown_until` is the first day after all that evidence was ever accepted for, be it corrected since; null where none
    was. A corrected version covers its own days, and takes away those of what it corrects.
    """

    title: str
    asked: Days
    covered: Sequence[Days]
    shown_until: date | None
    freshness_days: int
    is_overdue: bool = False

    def due(self, today: date) -> Days:
        """The days of which evidence is due: those up to the last shown one, and those after it once it has run out."""
        open_from = max(self.asked.start, self.shown_until or self.asked.start)
        lapsed = self.is_overdue or today >= open_from + timedelta(days=self.freshness_days)
        return self.asked.within(Days(self.asked.start, today if lapsed else min(open_from, today)))

    def uncovered(self, today: date) -> list[Days]:
        """The days that are due and that nothing covers."""
        due = self.due(today)
        if any(span.start <= due.start and due.end <= span.end for span in self.covered):
            return []
        return without([due], self.covered)

    def pending(self, today: date) -> list[Days]:
        """The days that are over and not yet due, and that nothing covers."""
        return without([self.asked.within(Days(self.due(today).end, today))], self.covered)


@dataclass(frozen=True, slots=True)
class WaivedDays:
    """The days on which a control was waived, and the control that makes up for it, if one was named."""

    days: Days
    compensating: UUID | None = None
