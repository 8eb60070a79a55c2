"""When a warning is given. Pure functions.

Readers take a SOC report as current for a year after the last day that it covers: convention, which no standard says.
"""

from datetime import date

DAYS_AHEAD = (60, 30)


def due_warning(current_until: date, today: date, warned: int | None) -> int | None:
    """The warning that is due on a day: so many days ahead; None where none is, or the year is over."""
    left = (current_until - today).days
    if left < 0:
        return None
    due = min((days for days in DAYS_AHEAD if left <= days), default=None)
    return due if due is not None and (warned is None or due < warned) else None
