"""Which phase a thing is in at an instant: one declaration, for Python and for the database.

FRESHNESS = Phases(Freshness.FRESH, (Freshness.EXPIRING, "expiring_from"), (Freshness.EXPIRED, "valid_until"))

FRESHNESS.at(validity, instant)
FRESHNESS.case(table.c, as_of)
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, case
from sqlalchemy.sql.base import ReadOnlyColumnCollection

P = TypeVar("P", bound=StrEnum)


class Phases(Generic[P]):
    """The first phase, and the others in their order with the names of the instants at which they begin.

    Half-open: at that instant itself the phase has begun.
    """

    def __init__(self, first: P, *others: tuple[P, str]) -> None:
        self._first, self._others = first, others

    def at(self, thing: object, instant: datetime) -> P:
        """The phase that a thing with these instants is in."""
        begun = [phase for phase, begins in self._others if getattr(thing, begins) <= instant]
        return begun[-1] if begun else self._first

    def end(self, thing: object, phase: P) -> datetime | None:
        """When a phase passes into the next; the last one never does."""
        following = [self._first, *(phase for phase, _ in self._others)].index(phase)
        ends: datetime | None = getattr(thing, self._others[following][1]) if following < len(self._others) else None
        return ends

    def case(
        self, columns: Mapping[str, ColumnElement[Any]] | ReadOnlyColumnCollection[str, Any], as_of: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        """The same from columns: its value, as SQL."""
        begun = [(columns[begins] <= as_of, phase.value) for phase, begins in reversed(self._others)]
        return case(*begun, else_=self._first.value)
