"""How a frame is written: a CSV (RFC 4180, UTF-8) in which nothing runs as a formula. Pure.

Its first columns are `row`, the item's place in the file, the first being 1; `guard`, how many characters stand before
the key so that no spreadsheet program runs it; `key`; and `day`, the item's day or nothing. The columns of the file
follow, guarded in the same way.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared.tables.formulas import guarded, unguarded

OWN_COLUMNS = ("row", "guard", "key", "day")
_ROW, _GUARD, _KEY, _DAY, _CELLS = range(5)
_HARMLESS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")  # as beginnings of a cell


@dataclass(frozen=True, slots=True)
class FrameRow:
    """An item of a frame. `cells` are guarded as they are in the frame."""

    row: int
    key: str
    day: str
    cells: Sequence[str]

    @property
    def given(self) -> list[str]:
        """The cells as the file has them."""
        return [unguarded(cell) for cell in self.cells]


class FrameWriter:
    """Writes rows as lines; `take` hands over the lines since the last time."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._out = io.StringIO(newline="")
        # Line breaks of two characters: the writer quotes cells that have either of them.
        self._writer = csv.writer(self._out, lineterminator="\r\n")
        self._writer.writerow([*OWN_COLUMNS, *(guarded(heading) for heading in headings)])

    @property
    def size(self) -> int:
        """How many characters wait to be taken."""
        return self._out.tell()

    def write(self, row: int, key: str, day: str, cells: Iterable[str]) -> None:
        safe = key if key[0] in _HARMLESS else guarded(key)
        kept = [cell if not cell or cell[0] in _HARMLESS else guarded(cell) for cell in cells]
        self._writer.writerow([row, len(safe) - len(key), safe, day, *kept])

    def take(self) -> bytes:
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return text.encode()


def headings_of(first_part: bytes) -> list[str]:
    """The headings of the file, from the part of a frame that begins with them."""
    header = next(csv.reader(io.StringIO(first_part.decode(), newline="")))
    return [unguarded(heading) for heading in header[len(OWN_COLUMNS) :]]


def rows_in(part: bytes, *, is_first: bool) -> Iterator[FrameRow]:
    """The rows of a part of a frame, which is whole lines; the first part begins with the header."""
    lines = csv.reader(io.StringIO(part.decode(), newline=""))
    if is_first:
        next(lines)
    for line in lines:
        guard = line[_GUARD]
        key = line[_KEY] if guard == "0" else line[_KEY][int(guard) :]
        yield FrameRow(int(line[_ROW]), key, line[_DAY], line[_CELLS:])
