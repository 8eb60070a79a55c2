"""An XLSX workbook in which nothing runs as a formula. Runs in a child process."""

import io
import json
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from shared.tables.formulas import runs

_PART = 256 * 1024  # bytes
_FIRST_WIDTH, _OTHER_WIDTH = 12, 30  # characters


def workbook(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """One sheet with the names of its columns on top, from JSON lists of rows.

    Every cell is text whatever it begins with, and one that begins like a formula stays text when somebody edits it.
    """
    names = arguments["columns"]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(arguments["title"])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, _FIRST_WIDTH)
        sheet.set_column(1, len(names) - 1, _OTHER_WIDTH)
        heading, quoted = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, heading)
        rows = (row for part in given for row in json.loads(part))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, quoted if runs(cell) else None)
    out.seek(0)
    yield from iter(lambda: out.read(_PART), b"")
