"""JSON from bytes nobody vouches for: what PostgreSQL, Python or a reader would stumble over is a fault with a place.

Parsing runs a hook for each object, so other threads get their turn while a document of megabytes is read.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from services.controls.documents.faults import DocumentUnreadable, Faults, Place, pointer
from shared.problems import Fault

DEEPEST = 60
# NIST SP 800-53 has 80,000 objects and lists in 10 MB. Empty ones could fill a gigabyte of memory from 32 MiB.
MOST_CONTAINERS = 500_000
# It has 209,000 commas. Millions of short values fill as much.
MOST_COMMAS = 1_000_000
_LONGEST_INTEGER = 18


class _Repeating(dict[str, Any]):
    """An object that names members twice."""

    names: tuple[str, ...] = ()


class _Unfit(str):
    """A number that no record holds."""

    __slots__ = ()


def read_json(raw: bytes) -> Any:
    """The document. `DocumentUnreadable` says where it stops being JSON, `DocumentInvalid` what it may not hold."""
    text = decoded(raw)
    if text.count("{") + text.count("[") > MOST_CONTAINERS:
        raise DocumentUnreadable(f"The document has more than {MOST_CONTAINERS:,} objects and lists.")
    if text.count(",") > MOST_COMMAS:
        raise DocumentUnreadable(f"The document has more than {MOST_COMMAS:,} commas.")
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_Unfit
        )
    except json.JSONDecodeError as error:
        detail = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise DocumentUnreadable(f"This is no JSON: {detail}.", faults=[Fault("", detail)]) from error
    except RecursionError as error:
        raise _too_deep("") from error
    faults = Faults()
    for place, value in each(document):
        _check(place, value, faults)
    faults.refuse_if_any()
    return document


def decoded(raw: bytes) -> str:
    """The text of UTF-8 bytes, with or without a byte order mark."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        detail = f"line {line}, byte {column}: this is not UTF-8"
        raise DocumentUnreadable(f"The document cannot be read, {detail}.", faults=[Fault("", detail)]) from error


def each(document: Any) -> Iterator[tuple[Place, Any]]:
    """Every value with its place, in the order of the document. `DocumentUnreadable` when it is nested too deep."""
    waiting: list[tuple[Place, int, Any]] = [(None, 0, document)]
    while waiting:
        place, depth, value = waiting.pop()
        yield place, value
        if depth == DEEPEST and isinstance(value, dict | list):
            raise _too_deep(pointer(place))
        if isinstance(value, dict):
            waiting += [((place, name), depth + 1, inner) for name, inner in reversed(value.items())]
        elif isinstance(value, list):
            inside = range(len(value) - 1, -1, -1)
            waiting += [((place, index), depth + 1, value[index]) for index in inside]


def unstorable(text: str) -> str | None:
    """What is in a text that no record holds; None when nothing is."""
    if "\x00" in text:
        return "holds a NUL"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return "holds half of a surrogate pair"
    return None


def _check(place: Place, value: Any, faults: Faults) -> None:
    if isinstance(value, _Unfit):
        faults.add(pointer(place), f"{value[:30]} is no number that can be kept")
    elif isinstance(value, str):
        if wrong := unstorable(value):
            faults.add(pointer(place), wrong)
    elif isinstance(value, dict):
        for name in getattr(value, "names", ()):
            faults.add(pointer((place, _shown(name))), "is there more than once")
        for name in value:
            if wrong := unstorable(name):
                faults.add(pointer((place, _shown(name))), f"the member's name {wrong}")


def _shown(name: str) -> str:
    """A name that can be answered, whatever is in it."""
    return name.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(members)
    if len(plain) == len(members):
        return plain
    seen: set[str] = set()
    repeating = _Repeating(plain)
    repeating.names = tuple(dict.fromkeys(name for name, _ in members if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return repeating


def _integer(digits: str) -> int | _Unfit:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else _Unfit(digits)


def _number(digits: str) -> float | _Unfit:
    number = float(digits)
    return number if math.isfinite(number) else _Unfit(digits)


def _too_deep(where: str) -> DocumentUnreadable:
    detail = f"nested deeper than {DEEPEST} levels"
    return DocumentUnreadable(f"The document is {detail}.", faults=[Fault(where, detail)])
