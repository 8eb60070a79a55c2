"""When people are reminded. Pure: the same dates give the same answer."""

from collections.abc import Sequence
from datetime import date, timedelta


def next_reminder(due_on: date, reminder_days: Sequence[int], *, after: date) -> date | None:
    """The first day after `after` that is one of these numbers of days before the due date; None when none is left."""
    days = [due_on - timedelta(days=day) for day in reminder_days]
    return min((day for day in days if day > after), default=None)
