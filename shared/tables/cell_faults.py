"""What is wrong with the cells of a table: each by its row, and together those that say the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.problems import MOST_FAULTS, Fault, FaultGroup

_SHOWN_ROWS = 10


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
