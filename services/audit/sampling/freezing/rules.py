"""From the file of a population to its frame, row by row. Runs in a child process.

The file comes and the frame goes in parts that are compressed; neither is ever in memory as a whole, but for a
workbook, which is an archive and cannot be read from the beginning.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from services.audit.sampling.draws.rules import normal, row_key
from services.audit.sampling.frames.rules import FrameWriter
from services.audit.sampling.population_hints.rules import Days, Keys, Sequences
from services.audit.sampling.tasks import HeadingMissing
from shared.problems import MOST_FAULTS, Fault
from shared.tables.csv_reading import rows_of_csv
from shared.tables.days import REFUSAL, day_in
from shared.tables.formats import TableFormat, unreadable
from shared.tables.reading import header_of
from shared.tables.xlsx_reading import rows_of_workbook

ROWS, SUMMARY = b"R", b"S"  # what the first byte of a part says that it is
MOST_ROWS = {TableFormat.CSV: 2_000_000, TableFormat.XLSX: 200_000}
_LONGEST_KEY, _SHOWN = 200, 60  # characters
_PART = 512 * 1024  # characters of a frame
_MOST_UNPACKED = 512 * 1024 * 1024  # bytes of a workbook
_FAST = 1  # zlib: a third larger than by its default, and three times as fast


def freeze(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of the frame, each after the byte `ROWS`, then the byte `SUMMARY` and what was found, as JSON.

    `key` and `day` are headings or null; `outside` says whether a row outside the period is a fault. Once there is a
    fault no more parts follow; the summary names the first hundred and counts the others.

    `UnreadableTable`, and `HeadingMissing` for a heading that is not in the file.
    """
    kind = TableFormat(arguments["format"])
    rows = _rows(kind, (zlib.decompress(part) for part in given))
    first, header = next(rows, (1, []))
    headings = _headings(header_of(header, first))
    reading = _Reading(arguments, headings)
    frame, digest = FrameWriter(headings), sha256()
    for number, cells in rows:
        if reading.count == MOST_ROWS[kind]:
            raise unreadable(f"/rows/{number}", f"A population may have {MOST_ROWS[kind]:,} rows as {kind.upper()}.")
        key, day = reading.read(number, cells)
        if reading.faults:
            continue
        frame.write(reading.count, key, day, cells)
        if frame.size > _PART:
            yield _taken(frame, digest)
    if not reading.count:
        raise unreadable("", "The file has a header and no rows.")
    if not reading.faults:
        yield _taken(frame, digest)
    yield SUMMARY + json.dumps({**reading.told(), "headings": headings, "sha256": digest.hexdigest()}).encode()


def _taken(frame: FrameWriter, digest: Any) -> bytes:
    text = frame.take()
    digest.update(text)
    return ROWS + zlib.compress(text, _FAST)


def _rows(kind: TableFormat, parts: Iterator[bytes]) -> Iterator[tuple[int, list[str]]]:
    if kind == TableFormat.CSV:
        rows = rows_of_csv(parts)
    else:
        rows = rows_of_workbook(b"".join(parts), most_unpacked=_MOST_UNPACKED)
    return ((number, cells) for number, cells in rows if any(cell and not cell.isspace() for cell in cells))


def _headings(names: Sequence[str]) -> list[str]:
    """The headings; a column without one is called by its place, and one that is called like another is numbered."""
    headings: list[str] = []
    for place, name in enumerate(names, start=1):
        heading, turn = name or f"column {place}", 1
        while heading in headings:
            turn += 1
            heading = f"{name or f'column {place}'} ({turn})"
        headings.append(heading)
    return headings


class _Reading:
    """What is known of the rows so far."""

    def __init__(self, arguments: Any, headings: Sequence[str]) -> None:
        self._key = _place(arguments["key"], headings)
        self._day = _place(arguments["day"], headings)
        self._outside_is_fault = arguments["outside"] == "reject"
        self._width = len(headings)
        self._headings = headings
        self._keys, self._sequences = Keys(), Sequences()
        self._days = Days(date.fromisoformat(arguments["first_day"]), date.fromisoformat(arguments["last_day"]))
        self.count = 0
        self.faults: list[tuple[str, str]] = []
        self._more_faults = 0

    def read(self, number: int, cells: list[str]) -> tuple[str, str]:
        """The key and day of a row, whose cells are made as many as there are headings; faults are noted."""
        self.count += 1
        if len(cells) != self._width:
            if any(cells[self._width :]):
                self._refuse(number, "", f"The row has more cells than the header, which has {self._width}.")
            cells[:] = (cells + [""] * self._width)[: self._width]
        if any("\0" in cell for cell in cells):
            self._refuse(number, "", "The row has a NUL character.")
            return "", ""
        key = row_key(self.count) if self._key is None else self._read_key(number, cells[self._key])
        return key, "" if self._day is None else self._read_day(number, key, cells[self._day])

    def told(self) -> dict[str, Any]:
        """What goes into the summary."""
        return {
            "rows": self.count,
            "faults": self.faults,
            "more_faults": self._more_faults,
            "days": None if self._day is None else self._days.told(),
            "sequences": [] if self._key is None else self._sequences.told(),
        }

    def _read_key(self, number: int, cell: str) -> str:
        assert self._key is not None
        key, heading = normal(cell), self._headings[self._key]
        if not key.strip():
            self._refuse(number, heading, "The row has no key.")
        elif len(key) > _LONGEST_KEY:
            self._refuse(number, heading, f"A key may have {_LONGEST_KEY} characters.")
        elif (first := self._keys.first_row(key, number)) != number:
            self._refuse(number, heading, f"The key '{key[:_SHOWN]}' is that of row {first} already.")
        else:
            self._sequences.note(key)
        return key

    def _read_day(self, number: int, key: str, cell: str) -> str:
        assert self._day is not None
        heading, day = self._headings[self._day], day_in(cell)
        if day is None:
            self._refuse(number, heading, f"'{cell[:_SHOWN]}' {REFUSAL}")
            return ""
        if not self._days.note(day, number, key[:_LONGEST_KEY], cell[:_SHOWN]) and self._outside_is_fault:
            self._refuse(number, heading, f"{day} is outside the period.")
        return day.isoformat()

    def _refuse(self, number: int, heading: str, detail: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((f"/rows/{number}/{heading}" if heading else f"/rows/{number}", detail))
        else:
            self._more_faults += 1


def _place(heading: str | None, headings: Sequence[str]) -> int | None:
    """Where a heading stands; `HeadingMissing` when it is nowhere."""
    if heading is None:
        return None
    if heading not in headings:
        known = ", ".join(f"'{each}'" for each in headings[:20])
        detail = f"No heading is '{heading}'; they are {known}."
        raise HeadingMissing(detail, faults=[Fault("/rows/1", detail)])
    return headings.index(heading)
