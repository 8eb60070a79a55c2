"""The rows of a CSV (RFC 4180) that comes in parts, however large it is. Runs in a child process."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator

from shared.tables.formats import unreadable

_LONGEST_LINE = 1024 * 1024  # characters
_DECLARED = re.compile(r'"?sep=([,;|\t])"?')


def rows_of_csv(parts: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers, the first being 1; cells are apart by commas, semicolons or tabs.

    Which of them the first line says: by `sep=;`, as spreadsheet programs write it above a table, or by what it has the
    most of. `UnreadableTable` for what is not UTF-8 or no CSV, and for a line of more than a million characters.
    """
    lines, start = _lines(parts), 1
    first = next(lines, "")
    if declared := _DECLARED.fullmatch(first.rstrip("\r\n")):
        delimiter, start = declared[1], 2
    else:
        delimiter, lines = max(",;\t", key=first.count), _again(first, lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        yield from enumerate(reader, start=start)
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
