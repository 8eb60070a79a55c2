"""Which day is covered by what. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from services.audit.reporting.report_coverage.schemas import CoveredBy

_DAY = timedelta(days=1)
_ORDER = tuple(CoveredBy)


@dataclass(frozen=True, slots=True)
class Covering:
    """A report or a letter with the days that it speaks of, both included."""

    by: CoveredBy
    id: UUID
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that are covered by the same; `id` is None in a gap."""

    first: date
    last: date
    by: CoveredBy
    id: UUID | None


def stretches(coverings: Sequence[Covering], until: date) -> list[Stretch]:
    """Every day from the first that is covered up to `until`, once. Where several cover a day, the newest does."""
    begins = min((each.first for each in coverings), default=None)
    if begins is None:
        return []
    edges = {begins, *(each.first for each in coverings), *(each.last + _DAY for each in coverings)}
    cuts = [*sorted(edge for edge in edges if edge <= until), until + _DAY]
    found: list[Stretch] = []
    for first, following in pairwise(cuts):
        cover = _covering(coverings, first)
        by, key = (cover.by, cover.id) if cover else (CoveredBy.GAP, None)
        goes_on = found and (found[-1].by, found[-1].id) == (by, key)
        found.append(Stretch(found.pop().first if goes_on else first, following - _DAY, by, key))
    return found


def _covering(coverings: Sequence[Covering], day: date) -> Covering | None:
    """What covers a day: a report before a letter, and of several the one that ends last."""
    there = [each for each in coverings if each.first <= day <= each.last]
    return max(there, key=lambda each: (-_ORDER.index(each.by), each.last, each.id), default=None)


def gap_days(found: Sequence[Stretch]) -> int:
    """How many days are covered by nothing."""
    return sum((each.last - each.first).days + 1 for each in found if each.by == CoveredBy.GAP)


def a_year_after(day: date) -> date:
    """The same day of the next year; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
