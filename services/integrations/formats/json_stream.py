"""JSON as a stream: single members of a large document, one after the other, each with its path.

The standard library's decoder does the values. Only the containers that lead to what is wanted are walked here, so
that neither the whole document nor one long list is ever in memory.
"""

import codecs
import json
from collections.abc import Collection, Iterator
from typing import IO, Any, Final

from services.integrations.formats.faults import pointer, unreadable

Path = tuple[str | int, ...]
EACH: Final = "*"  # in a pattern: every place of a list
LARGEST_VALUE = 16 * 1024 * 1024  # characters of one value
OPENED: Final = object()  # the value of a container that is walked
_CHUNK = 256 * 1024  # bytes
_MOST_DIGITS = 400
_LONGEST_KEY = 1_000
_SPACE = " \t\r\n"


def members(file: IO[bytes], patterns: Collection[tuple[str, ...]]) -> Iterator[tuple[Path, Any]]:
    """Every value that lies beside or at the end of one of these paths; `OPENED` for each container on the way.

    A file may hold several documents one after the other (JSON lines). `ResultFileUnreadable` names the place.
    """
    file.seek(0)
    text = _Text(file)
    read = 0
    while text.next() or not read:
        yield from _walk(text, (), patterns)
        read += 1


def _walk(text: "_Text", path: Path, patterns: Collection[tuple[str, ...]]) -> Iterator[tuple[Path, Any]]:
    sign = text.next()
    parts = {pattern[len(path)] for pattern in patterns if _leads(path, pattern)}
    if sign == "[" and EACH in parts:
        yield path, OPENED
        yield from _places(text, path, patterns)
    elif sign == "{" and parts - {EACH}:
        yield path, OPENED
        yield from _names(text, path, patterns)
    else:
        yield path, text.value(path)


def _leads(path: Path, pattern: tuple[str, ...]) -> bool:
    """Whether the path is a true beginning of the pattern."""
    return len(path) < len(pattern) and all(
        part == wanted or (wanted == EACH and isinstance(part, int))
        for part, wanted in zip(path, pattern, strict=False)
    )


def _places(text: "_Text", path: Path, patterns: Collection[tuple[str, ...]]) -> Iterator[tuple[Path, Any]]:
    text.take("[", path)
    place = 0
    while text.next() != "]":
        if place:
            text.take(",", path)
        yield from _walk(text, (*path, place), patterns)
        place += 1
    text.take("]", path)


def _names(text: "_Text", path: Path, patterns: Collection[tuple[str, ...]]) -> Iterator[tuple[Path, Any]]:
    text.take("{", path)
    begun = False
    while text.next() != "}":
        if begun:
            text.take(",", path)
        begun = True
        if text.next() != '"':
            raise unreadable(pointer(path), "a member's name is expected here")
        name = text.value(path)
        text.take(":", path)
        yield from _walk(text, (*path, name[:_LONGEST_KEY]), patterns)
    text.take("}", path)


class _Text:
    """The characters of a file that are not yet read, as many as the next value needs."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_int=_whole, parse_float=_decimal, parse_constant=_constant)
        self._buffer, self._at, self._read, self._ended = "", 0, 0, False

    def next(self) -> str:
        """The next character that is no space, which is left where it is; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                sign = self._buffer[self._at]
                if sign not in _SPACE:
                    return sign
                self._at += 1
            if not self._more():
                return ""

    def take(self, sign: str, path: Path) -> None:
        found = self.next()
        if found != sign:
            what = f"`{sign}` is expected and {repr(found) if found else 'the end of the file'} found"
            raise unreadable(pointer(path), what)
        self._at += 1

    def value(self, path: Path) -> Any:
        """The next value, whole."""
        if not self.next():
            raise unreadable(pointer(path), "the file ends here")
        while True:
            try:
                value, end = self._json.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise unreadable(pointer(path), "the value is nested too deeply") from error
            except json.JSONDecodeError as error:
                if len(self._buffer) - self._at > LARGEST_VALUE:
                    raise unreadable(pointer(path), f"the value has over {LARGEST_VALUE:,} characters") from error
                if not self._more():
                    raise unreadable(pointer(path), f"this is no JSON: {error.msg}") from error
                continue
            except ValueError as error:
                raise unreadable(pointer(path), str(error)) from error
            # A number at the end of what was read may go on in what was not.
            if end < len(self._buffer) or not self._more():
                self._at = end
                return value

    def _more(self) -> bool:
        """Read on, twice as much as is waiting, so that a large value is not tried too often."""
        if self._ended:
            return False
        waiting = self._buffer[self._at :]
        raw = self._file.read(max(_CHUNK, len(waiting)))
        self._ended = not raw
        try:
            decoded = self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError as error:
            raise unreadable(f"byte {self._read + error.start}", "the file is not UTF-8") from error
        self._read += len(raw)
        self._buffer, self._at = waiting + decoded, 0
        return True


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError("a number has too many digits")
    return int(text)


def _decimal(text: str) -> float:
    if len(text) > _MOST_DIGITS:
        raise ValueError("a number has too many digits")
    return float(text)


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")
