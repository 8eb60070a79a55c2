"""Calendar days, in UTC: what is due on a day is due until it ends there."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import Field

from shared.clock import now
from shared.data.queries import Query
from shared.http.fields import Day

A_DAY = timedelta(days=1)


class Days(NamedTuple):
    """The days from `start` until before `end`; none where the end is not after the start."""

    start: date
    end: date

    @classmethod
    def including(cls, first: date, last: date) -> Self:
        """The days from `first` to `last`, both included, as the contract has them."""
        return cls(first, last + A_DAY)

    @property
    def last(self) -> date:
        return self.end - A_DAY

    def within(self, other: "Days") -> "Days":
        """The days that are in both."""
        return Days(max(self.start, other.start), min(self.end, other.end))

    def __bool__(self) -> bool:
        return self.start < self.end


def merged(spans: Iterable[Days]) -> list[Days]:
    """The same days in their order; spans that touch or overlap are one."""
    found: list[Days] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if found and span.start <= found[-1].end:
            found[-1] = Days(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def common(some: Sequence[Days], others: Sequence[Days]) -> list[Days]:
    """The days that are in some span of both."""
    return merged(span.within(other) for span in some for other in others)


def without(some: Sequence[Days], others: Sequence[Days]) -> list[Days]:
    """The days of `some` that are in none of the others."""
    found: list[Days] = []
    gone = merged(others)
    if not gone:
        return merged(some)
    for span in merged(some):
        start = span.start
        for other in gone:
            if other.start >= span.end:
                break
            if other.start > start:
                found.append(Days(start, other.start))
            start = max(start, other.end)
        if start < span.end:
            found.append(Days(start, span.end))
    return found


def day_of(instant: datetime) -> date:
    """The calendar day of an instant, in UTC."""
    return instant.astimezone(UTC).date()


def _today() -> date:
    return day_of(now())


AsOfDay = Annotated[Day, Field(default_factory=_today, description="As of this day in UTC; today when left out")]


class AsOfDayQuery(Query):
    """What can be asked of a thing that is computed as of a day."""

    as_of: AsOfDay
