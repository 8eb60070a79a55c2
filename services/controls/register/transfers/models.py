from dataclasses import dataclass
from enum import StrEnum


class SheetFormat(StrEnum):
    """How a table is written."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    SheetFormat.CSV: "text/csv",
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Existing(StrEnum):
    """What an import does with a control whose code the organisation has already."""

    REVISE = "revise"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a spreadsheet numbers it: the header is row 1. Cells are text, by the name of their column."""

    number: int
    cells: dict[str, str]
