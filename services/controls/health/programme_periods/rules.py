"""Until when a missed occurrence counts. Pure.

1. A miss counts until the end of the period of an active programme that holds its due day, against a framework that
   the control's own text names; of several until the latest end.
2. Where no programme has such a period, it counts for twelve months.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from services.controls.days import Days
from services.controls.register.missed_occurrences.rules import MissRecord


def remembered(record: MissRecord, requirements: Iterable[str], periods: Mapping[str, Sequence[Days]]) -> MissRecord:
    """The misses of a control that answers these requirements, each with the end of the period that holds it."""
    frameworks = {reference.partition(":")[0] for reference in requirements}
    held = [period for framework in frameworks for period in periods.get(framework, ())]
    if not held:
        return record
    misses = [replace(miss, counts_until=_end_of_period(miss.due_on, held)) for miss in record.misses]
    return replace(record, misses=misses)


def _end_of_period(due_on: date, periods: Iterable[Days]) -> datetime | None:
    ends = [period.end for period in periods if period.start <= due_on < period.end]
    return datetime.combine(max(ends), time(), UTC) if ends else None
