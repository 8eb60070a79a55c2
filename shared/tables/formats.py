"""How a table is written, and what may be wrong with one."""

from enum import StrEnum

from shared.children.task import MEBIBYTE, ChildTask, Limits
from shared.problems import Fault, Invalid, UnsupportedMediaType


class TableFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    TableFormat.CSV: "text/csv",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LARGEST_FILE = 10 * MEBIBYTE  # bytes of a table that comes in
MOST_COLUMNS = 200
LONGEST_CELL = 32_767  # characters, as in spreadsheet programs


class UnreadableTable(Invalid):
    """The file cannot be read as a CSV or XLSX table."""


READING = ChildTask(
    module="shared.tables.reading",
    function="read",
    doing="Reading a table",
    limits=Limits(memory=192 * MEBIBYTE, processor_seconds=15, elapsed_seconds=60, answer=32 * MEBIBYTE),
    refuses=(UnreadableTable,),
)
WRITING = ChildTask(
    module="shared.tables.xlsx_writing",
    function="workbook",
    doing="Writing a workbook",
    limits=Limits(memory=256 * MEBIBYTE, processor_seconds=30, elapsed_seconds=120),
)


def format_of(content_type: str | None) -> TableFormat:
    """The format of a body by its media type; `UnsupportedMediaType` when it is no table's."""
    essence = (content_type or "").partition(";")[0].strip().lower()
    for kind, media_type in MEDIA_TYPES.items():
        if essence == media_type:
            return kind
    raise UnsupportedMediaType(
        f"Send {' or '.join(MEDIA_TYPES.values())}.", faults=[Fault("header/Content-Type", "neither CSV nor XLSX")]
    )


def unreadable(where: str, why: str) -> UnreadableTable:
    """The refusal of a file that cannot be read, with the one place where it cannot."""
    return UnreadableTable(why, faults=[Fault(where, why)])
