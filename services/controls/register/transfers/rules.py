"""A table of controls as bytes: read with every fault named, written so that it reads back equal. Pure.

The columns are the members of a control's draft. `requirements` is a list, its members apart by `;`. What a reader of
CSV might run as a formula is written with an apostrophe before it (OWASP, CSV injection), which reading takes away.
Formulas of a workbook are never evaluated: what counts is the value it was saved with.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter
from pydantic import ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.transfers.models import Row, SheetFormat
from shared.problems import Fault, Invalid

# A recurrence is no single word: it is set by itself, and stays as it is when a file comes in.
COLUMNS = tuple(name for name in ControlDraft.model_fields if name != "recurrence")
LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_ROWS = 5000
_LIST_COLUMN = "requirements"
_REQUIRED = frozenset(name for name, field in ControlDraft.model_fields.items() if field.is_required())

_LARGEST_UNPACKED = 64 * 1024 * 1024  # bytes, of all parts of a workbook
_MOST_PARTS = 1000
_LARGEST_AREA = 2_000_000  # cells; a reader keeps the whole rectangle that a sheet spans
_CELL = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,7})["']""")
_CHUNK = 1024 * 1024
_OVERLAP = 64

_RUNNABLE = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


class UnreadableTable(Invalid):
    """The file is no table of controls."""


def read(content: bytes, kind: SheetFormat) -> list[Row]:
    """The rows of a file; `UnreadableTable` says where it cannot be read or what its header lacks."""
    table = _from_csv(content) if kind == SheetFormat.CSV else _from_xlsx(content)
    header = next(table, None)
    if header is None:
        raise _unreadable("/rows/1", "The file has no header.")
    names = [cell.strip().lower() for cell in header]
    while names and not names[-1]:
        names.pop()
    _check_header(names)
    rows: list[Row] = []
    for number, cells in enumerate(table, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(names) :]):
            raise _unreadable(f"/rows/{number}", f"The row has more cells than the header, which has {len(names)}.")
        if len(rows) == MOST_ROWS:
            raise _unreadable(f"/rows/{number}", f"A file may have {MOST_ROWS} rows.")
        rows.append(Row(number, dict(zip(names, cells, strict=False))))
    return rows


def drafts_of(rows: Iterable[Row]) -> tuple[dict[int, ControlDraft], list[Fault]]:
    """The controls that the rows describe, by row number, and all that is wrong with the others."""
    drafts: dict[int, ControlDraft] = {}
    first: dict[str, int] = {}
    faults: list[Fault] = []
    for row in rows:
        given: dict[str, Any] = {name: cell.strip() for name, cell in row.cells.items() if cell.strip()}
        if _LIST_COLUMN in given:
            given[_LIST_COLUMN] = [part for each in given[_LIST_COLUMN].split(";") if (part := each.strip())]
        try:
            draft = ControlDraft.model_validate(given)
        except ValidationError as error:
            faults += [Fault(pointer(row.number, str(each["loc"][0])), each["msg"]) for each in error.errors()]
            continue
        if (earlier := first.setdefault(draft.code, row.number)) != row.number:
            faults.append(Fault(pointer(row.number, "code"), f"Row {earlier} has the code {draft.code} as well."))
            continue
        drafts[row.number] = draft
    return drafts, faults


def pointer(number: int, column: str) -> str:
    """Where a fault is."""
    return f"/rows/{number}/{column}"


def header_of_csv() -> str:
    """The first line of a written CSV."""
    return to_csv([dict(zip(COLUMNS, COLUMNS, strict=True))])


def to_csv(controls: Sequence[Mapping[str, Any]]) -> str:
    """Lines of a CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerows([_guarded(cell) for cell in _cells(control)] for control in controls)
    return out.getvalue()


def to_xlsx(controls: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook with one sheet; whatever a cell begins with, it is text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Controls")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, len(COLUMNS) - 1, 30)
        bold = book.add_format({"bold": True})
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, bold)
        for number, control in enumerate(controls, start=1):
            for column, cell in enumerate(_cells(control)):
                sheet.write_string(number, column, cell)
    return out.getvalue()


def _cells(control: Mapping[str, Any]) -> list[str]:
    values = (control[name] for name in COLUMNS)
    return ["" if each is None else ";".join(each) if isinstance(each, list) else str(each) for each in values]


def _guarded(cell: str) -> str:
    return f"'{cell}" if _RUNNABLE.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def _from_csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _unreadable(f"/rows/{line}", "The file is not UTF-8.") from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=first.count), strict=True)
    try:
        for cells in reader:
            yield [_unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise _unreadable(f"/rows/{reader.line_num}", f"Line {reader.line_num}: {error}.") from error


def _from_xlsx(content: bytes) -> Iterator[list[str]]:
    _check_workbook(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise _unreadable("", f"The workbook cannot be read: {error}.") from error
    for row in rows:
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _check_workbook(content: bytes) -> None:
    """Refuse what would unpack to more than it should, before anything that trusts it reads it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
                raise _unreadable("", f"The workbook unpacks to more than {_LARGEST_UNPACKED} bytes.")
            for part in parts:
                _check_part(archive, part)
    # A part that is longer than it says fails its checksum.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError) as error:
        raise _unreadable("", f"The file is not an XLSX workbook: {error}.") from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    columns = rows = 0
    before = b""
    with archive.open(part) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            if part.filename.startswith("xl/worksheets/"):
                for column, row in _CELL.findall(before + chunk):
                    columns, rows = max(columns, _number(column)), max(rows, int(row))
                before = chunk[-_OVERLAP:]
    if columns * rows > _LARGEST_AREA:
        raise _unreadable("", f"A sheet spans {columns} columns and {rows} rows, which is more than can be read.")


def _number(column: bytes) -> int:
    """A column's number from its letters: A is 1, AA is 27; a row by itself spans one."""
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return max(number, 1)


def _check_header(names: Sequence[str]) -> None:
    faults = [Fault(f"/rows/1/{each}", "There is no such column.") for each in names if each not in COLUMNS]
    faults += [Fault(f"/rows/1/{each}", "The column is there twice.") for each in COLUMNS if names.count(each) > 1]
    faults += [Fault(f"/rows/1/{each}", "The column is missing.") for each in sorted(_REQUIRED - set(names))]
    if faults:
        raise UnreadableTable(f"The header may have the columns {', '.join(COLUMNS)}.", faults=faults)


def _unreadable(where: str, why: str) -> UnreadableTable:
    return UnreadableTable(why, faults=[Fault(where, why)])
