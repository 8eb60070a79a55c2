"""The rows of a CSV (RFC 4180) that comes in parts, however large it is. Runs in a child process."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from shared.tables.formats import unreadable

_LONGEST_LINE = 1024 * 1024  # characters


def rows_of_csv(parts: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers, the first being 1; cells are apart by commas, or by semicolons.

    `UnreadableTable` for what is not UTF-8 or no CSV, and for a line of more than a million characters.
    """
    lines = _lines(parts)
    first = next(lines, "")
    reader = csv.reader(_again(first, lines), delimiter=max(",;", key=first.count), strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise unreadable(f"/rows/{reader.line_num}", f"Line {reader.line_num}: {error}.") from error


def _again(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest, number = "", 1
    for part in _with_end(parts):
        try:
            text = rest + decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            line = number + error.object[: error.start].count(b"\n")
            raise unreadable(f"/rows/{line}", "The file is not UTF-8.") from error
        lines = list(io.StringIO(text, newline=""))
        # What has no line break yet goes on in the next part, and so may a break of two characters.
        rest = lines.pop() if part and lines and not lines[-1].endswith("\n") else ""
        number += len(lines)
        if len(rest) > _LONGEST_LINE:
            raise unreadable(f"/rows/{number}", f"Line {number} has more than {_LONGEST_LINE:,} characters.")
        yield from lines


def _with_end(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts that have something in them, and an empty one at the end."""
    yield from filter(None, parts)
    yield b""
