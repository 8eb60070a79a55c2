"""What is wrong with the cells of a table: each by its row, and together those that say the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.problems import MOST_FAULTS, Fault, FaultGroup

_SHOWN_ROWS = 10
_LONGEST_VALUE = 100  # characters of a cell that a fault repeats


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing wrong with one cell. `value` is what the cell says, where that is what is wrong."""

    row: int
    column: str
    detail: str
    value: str | None = None

    @property
    def fault(self) -> Fault:
        """The fault as a problem lists it."""
        return Fault(f"/rows/{self.row}/{self.column}", self.detail)


@dataclass(slots=True)
class Cells:
    """The members that the cells of a row give, and what is wrong with them, by column."""

    row: int
    given: dict[str, Any]
    wrong: dict[str, list[CellFault]] = field(default_factory=dict)

    def refuse(self, column: str, detail: str, value: str | None) -> None:
        self.wrong.setdefault(column, []).append(CellFault(self.row, column, detail, value and value[:_LONGEST_VALUE]))

    def faults(self, columns: Sequence[str]) -> list[CellFault]:
        """All that is wrong, in the order of the table's columns."""
        places = {name: place for place, name in enumerate(columns)}
        wrong = sorted(self.wrong, key=lambda column: places.get(column, len(places)))
        return [fault for column in wrong for fault in self.wrong[column]]


def grouped(faults: Iterable[CellFault]) -> tuple[FaultGroup, ...]:
    """Faults that say the same of the same value of a column, as one; those of the most rows first, at most 100."""
    rows: dict[tuple[str, str | None, str], list[int]] = defaultdict(list)
    for fault in faults:
        rows[fault.column, fault.value, fault.detail].append(fault.row)
    groups = [
        FaultGroup(column=column, value=value, detail=detail, count=len(found), rows=tuple(found[:_SHOWN_ROWS]))
        for (column, value, detail), found in rows.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.count)[:MOST_FAULTS])


def summary(groups: Sequence[FaultGroup], most: int = 3) -> str:
    """The first groups as sentences, for the detail of a problem."""
    said = (f"{group.count} row{'s' if group.count > 1 else ''}, {group.column}: {group.detail}" for group in groups)
    return " ".join(text for text, _ in zip(said, range(most), strict=False))
