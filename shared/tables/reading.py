"""The rows of a table from bytes that nobody vouches for. Runs in a child process.

Formulas of a workbook are never evaluated: what counts is the value it was saved with.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from shared.tables.csv_reading import rows_of_csv
from shared.tables.formats import MOST_COLUMNS, TableFormat, unreadable
from shared.tables.formulas import unguarded
from shared.tables.wording import plain
from shared.tables.xlsx_reading import rows_of_workbook

_UPPER_ROWS = 10  # in which the header may stand
_PART = 256 * 1024  # characters of rows that one part of the answer has, so that the service is done with it at once


def read(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The number of the header's row and its cells, then the rows in parts: each a JSON list of `[number, cells]`.

    The header is the first of the upper rows, empty ones left out, in which the most cells are known `headings`: people
    write titles above it. `UnreadableTable` says where the file cannot be read.
    """
    table = rows_of(b"".join(given), TableFormat(arguments["format"]))
    upper = list(islice(table, _UPPER_ROWS))
    known = frozenset(arguments["headings"])
    place = max(range(len(upper)), key=lambda place: (_count(upper[place][1], known), -place), default=0)
    number, header = upper[place] if upper else (1, [])
    names = header_of(header, number)
    yield json.dumps([number, names]).encode()
    yield from _in_parts(_checked(chain(upper[place + 1 :], table), len(names), arguments["most_rows"]))


def header_of(cells: Sequence[str], number: int) -> list[str]:
    """The headings of a header, the row of this number, as far as there are any. `UnreadableTable`."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise unreadable(f"/rows/{number}", "The file has no header.")
    if len(names) > MOST_COLUMNS:
        raise unreadable(f"/rows/{number}", f"The file has {len(names):,} columns; a table may have {MOST_COLUMNS}.")
    if any("\0" in name for name in names):
        raise unreadable(f"/rows/{number}", "A heading has a NUL character.")
    return names


def rows_of(content: bytes, kind: TableFormat) -> Iterator[tuple[int, list[str]]]:
    """The rows that have something in them, numbered as a spreadsheet numbers them: the first is 1."""
    rows = _rows_of_csv(content) if kind == TableFormat.CSV else rows_of_workbook(content)
    return ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))


def _rows_of_csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    return ((number, [unguarded(cell) for cell in cells]) for number, cells in rows_of_csv([content]))


def _count(cells: Sequence[str], known: Collection[str]) -> int:
    return sum(plain(cell) in known for cell in cells)


def _checked(rows: Iterator[tuple[int, list[str]]], columns: int, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    for count, (number, cells) in enumerate(rows):
        if any(cell.strip() for cell in cells[columns:]):
            raise unreadable(f"/rows/{number}", f"The row has more cells than the header, which has {columns}.")
        if count == most_rows:
            raise unreadable(f"/rows/{number}", f"A file may have {most_rows} rows.")
        yield number, cells[:columns]


def _in_parts(rows: Iterator[tuple[int, list[str]]]) -> Iterator[bytes]:
    part: list[tuple[int, list[str]]] = []
    size = 0
    for row in rows:
        part.append(row)
        size += sum(map(len, row[1]))
        if size > _PART:
            yield json.dumps(part).encode()
            part, size = [], 0
    yield json.dumps(part).encode()
