"""Which days of our period are covered, by half-open sets of days. Pure.

A type 2 report that is reviewed and relied on covers its period; a letter of the vendor's management carries it on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

_DAY = timedelta(days=1)


class AssuredBy(StrEnum):
    """What covers days."""

    REPORT = "report"
    BRIDGE_LETTER = "bridge_letter"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `start` until before `end`."""

    start: date
    end: date

    @classmethod
    def including(cls, first: date, last: date) -> "Span":
        """The days from `first` to `last`, both included."""
        return cls(first, last + _DAY)

    @property
    def last(self) -> date:
        return self.end - _DAY

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Cover:
    """Days that a report, or a letter to it, speaks of."""

    report_id: UUID
    by: AssuredBy
    span: Span


def within(covers: Iterable[Cover], period: Span) -> list[Cover]:
    """What the covers have of the period, in the order of its days."""
    cut = (
        Cover(cover.report_id, cover.by, Span(max(cover.span.start, period.start), min(cover.span.end, period.end)))
        for cover in covers
    )
    return sorted((cover for cover in cut if cover.span.days > 0), key=lambda cover: (cover.span, cover.by))


def gaps(covers: Sequence[Cover], period: Span) -> list[Span]:
    """The days of the period that nothing covers."""
    found: list[Span] = []
    start = period.start
    for cover in within(covers, period):
        if cover.span.start > start:
            found.append(Span(start, cover.span.start))
        start = max(start, cover.span.end)
    if start < period.end:
        found.append(Span(start, period.end))
    return found
