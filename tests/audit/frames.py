"""Populations and frames for the tests of samples, made by the functions that child processes run."""

import io
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from services.audit.sampling.freezing.rules import ROWS, freeze
from services.audit.sampling.selections.rules import select
from shared.tables.formats import TableFormat

PERIOD = {"first_day": "2026-01-01", "last_day": "2026-06-30"}
_PART = 1000  # bytes of a file


def csv_of(rows: Iterable[Sequence[Any]], *, headings: str = "Ticket,Closed,Team") -> bytes:
    """A CSV of these rows, whose cells have no commas."""
    return "".join([f"{headings}\n", *(",".join(map(str, row)) + "\n" for row in rows)]).encode()


def xlsx_of(rows: Iterable[Sequence[Any]], *, headings: str = "Ticket,Closed,Team") -> bytes:
    """A workbook of these rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([headings.split(","), *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def changes(count: int) -> list[tuple[str, str, str]]:
    """So many changes, spread over the first half of 2026, of three teams."""
    months = [(month, day) for month in range(1, 7) for day in range(1, 29)]
    return [
        (f"CHG-{number:04}", f"2026-{months[number % 168][0]:02}-{months[number % 168][1]:02}", f"team {number % 3}")
        for number in range(1, count + 1)
    ]


def read(
    content: bytes,
    *,
    kind: TableFormat = TableFormat.CSV,
    key: str | None = "Ticket",
    day: str | None = "Closed",
    outside: str = "reject",
    part: int = _PART,
) -> tuple[list[bytes], dict[str, Any]]:
    """The compressed parts of the frame, and the summary."""
    given = (zlib.compress(content[begin : begin + part]) for begin in range(0, len(content), part))
    arguments = {"format": kind, "key": key, "day": day, "outside": outside, **PERIOD}
    *parts, summary = freeze(arguments, given)
    assert all(each[:1] == ROWS for each in parts)
    return [each[1:] for each in parts], json.loads(summary[1:])


def selected(parts: Iterable[bytes], **asked: Any) -> dict[str, Any]:
    """What is selected from a frame."""
    arguments = {"seed": "5eed-2026-07-31", "stratum": None, "strata": None, "picks": None, **asked}
    (answer,) = select(arguments, iter(parts))
    found: dict[str, Any] = json.loads(answer)
    return found


def keys_of(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["key"] for item in items]
