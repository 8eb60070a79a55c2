"""Selecting items from a frame that comes in parts. Runs in a child process; the frame is never in memory as a whole.

Of the frame only its first items in the draw order are kept. A systematic selection keeps the keys as well, which it
sorts. It and a stratified one go through the compressed parts twice, and keep these.
"""

import json
import zlib
from array import array
from calendar import day_name
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from services.audit.sampling.draws.rules import (
    FirstItems,
    Ticket,
    TicketMaker,
    allocation,
    repeats_itself,
    systematic_places,
)
from services.audit.sampling.frames.rules import FrameRow, headings_of, rows_in
from services.audit.sampling.tasks import CannotSelect
from shared.problems import Fault
from shared.tables.formulas import unguarded

MOST_STRATA = 50
_RESERVE = 25  # items that follow a sample and are kept, besides twice as many as it has


class SelectionMethod(StrEnum):
    """How items are selected.

    random, systematic and stratified follow from a seed and can be drawn again. haphazard is without a structured
    technique and without bias, targeted selects specific items, which is no sampling: both are picked by a person.
    """

    RANDOM = "random"
    SYSTEMATIC = "systematic"
    STRATIFIED = "stratified"
    HAPHAZARD = "haphazard"
    TARGETED = "targeted"


SEEDED = frozenset({SelectionMethod.RANDOM, SelectionMethod.SYSTEMATIC, SelectionMethod.STRATIFIED})
# Those that allow to conclude to the whole population in numbers.
STATISTICAL = frozenset({SelectionMethod.RANDOM, SelectionMethod.SYSTEMATIC})


def select(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The selected items and those that follow them, as JSON in one part.

    `method` and `size`; `seed` where the method has one; `stratum`, the heading of the strata, with `strata`, the size
    of each, or null for sizes in proportion; `picks`, the keys that a person picked, in their order. `CannotSelect`
    where the frame has not enough items, or none of a key or stratum.
    """
    frame, method, size = _Frame(given), SelectionMethod(arguments["method"]), arguments["size"]
    match method:
        case SelectionMethod.RANDOM:
            chosen = _random(frame, arguments["seed"], size)
        case SelectionMethod.SYSTEMATIC:
            chosen = _systematic(frame, arguments["seed"], size)
        case SelectionMethod.STRATIFIED:
            chosen = _stratified(frame, arguments, size)
        case _:
            chosen = _picked(frame, arguments["picks"], size)
    answer = {
        "rows": frame.count,
        "sha256": frame.sha256,
        "selected": [frame.told(*item) for item in chosen[0]],
        "reserve": [frame.told(*item) for item in chosen[1]],
    }
    yield json.dumps(answer).encode()


def reserve_of(size: int) -> int:
    """How many items that follow so many in the order are kept, as replacements and for an extension."""
    return 2 * size + _RESERVE


_Item = tuple[Ticket | None, FrameRow, str | None]
_Chosen = tuple[list[_Item], list[_Item]]


class _Frame:
    """The rows of a frame as its parts come; the digest and the count are those of the whole once all have come."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts
        self._digest = sha256()
        self.headings: list[str] = []
        self.count = 0

    def rows(self, *, keep: list[bytes] | None = None) -> Iterator[FrameRow]:
        """All rows, once; `keep` is given the compressed parts."""
        for number, part in enumerate(self._parts):
            if keep is not None:
                keep.append(part)
            text = zlib.decompress(part)
            self._digest.update(text)
            if number == 0:
                self.headings = headings_of(text)
            for row in rows_in(text, is_first=number == 0):
                self.count += 1
                yield row

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def told(self, ticket: Ticket | None, row: FrameRow, stratum: str | None) -> dict[str, Any]:
        cells = dict(zip(self.headings, row.given, strict=True))
        place = {"row": row.row, "key": row.key, "day": row.day or None, "stratum": stratum}
        return {**place, "ticket": ticket and ticket.text, "cells": cells}


def _random(frame: _Frame, seed: str, size: int) -> _Chosen:
    maker = TicketMaker(seed)
    first: FirstItems[FrameRow] = FirstItems(size + reserve_of(size))
    for row in frame.rows():
        first.offer(maker.digest(row.key), row.key, row)
    _enough(frame.count, size)
    items: list[_Item] = [(ticket, row, None) for ticket, row in first.taken()]
    return items[:size], items[size:]


def _stratified(frame: _Frame, arguments: Mapping[str, Any], size: int) -> _Chosen:
    """The first items of each stratum, stratum by stratum in the order of their names."""
    parts, maker = list[bytes](), TicketMaker(arguments["seed"])
    counts = _counted(frame, arguments["stratum"], keep=parts)
    place = frame.headings.index(arguments["stratum"])
    sizes = _strata_sizes(counts, arguments, size)
    first = {name: FirstItems[FrameRow](wanted + reserve_of(wanted)) for name, wanted in sizes.items()}
    for row in _Frame(parts).rows():
        if kept := first.get(unguarded(row.cells[place])):
            kept.offer(maker.digest(row.key), row.key, row)
    selected: list[_Item] = []
    following: list[_Item] = []
    for name in sorted(first):
        items: list[_Item] = [(ticket, row, name) for ticket, row in first[name].taken()]
        selected += items[: sizes[name]]
        following += items[sizes[name] :]
    return selected, following


def _counted(frame: _Frame, heading: str, *, keep: list[bytes]) -> Mapping[str, int]:
    """How many items each stratum has."""
    counts: Counter[str] = Counter()
    place = -1
    for row in frame.rows(keep=keep):
        if place < 0:
            place = _column(frame.headings, heading)
        counts[row.cells[place]] += 1
        if len(counts) > MOST_STRATA:
            raise _cannot("/strata", f"The column has more than {MOST_STRATA} values.")
    return {unguarded(name): count for name, count in counts.items()}


def _strata_sizes(counts: Mapping[str, int], arguments: Mapping[str, Any], size: int) -> Mapping[str, int]:
    asked: Mapping[str, int] | None = arguments["strata"]
    if asked is None:
        try:
            return allocation(counts, size)
        except ValueError as error:
            raise _cannot("/size", f"{error}.") from error
    for name, wanted in asked.items():
        if wanted > counts.get(name, 0):
            raise _cannot("/strata", f"The stratum '{name[:60]}' has {counts.get(name, 0)} items.")
    return asked


def _systematic(frame: _Frame, seed: str, size: int) -> _Chosen:
    """Every (N/n)th item in the order of keys; the first of the others in the draw order follow."""
    maker, parts, weekdays = TicketMaker(seed), list[bytes](), array("b")
    order: list[tuple[str, int]] = []
    for row in frame.rows(keep=parts):
        order.append((row.key, row.row))
        weekdays.append(date.fromisoformat(row.day).weekday() if row.day else -1)
    _enough(frame.count, size)
    order.sort()
    rows = [order[place][1] for place in systematic_places(seed, frame.count, size)]
    _no_pattern(weekdays, rows)
    del order
    chosen, following = set(rows), FirstItems[FrameRow](reserve_of(size))
    found: dict[int, FrameRow] = {}
    for row in _Frame(parts).rows():
        if row.row in chosen:
            found[row.row] = row
        else:
            following.offer(maker.digest(row.key), row.key, row)
    selected: list[_Item] = [(Ticket(maker.digest(found[row].key), found[row].key), found[row], None) for row in rows]
    return selected, [(ticket, row, None) for ticket, row in following.taken()]


def _no_pattern(weekdays: "array[int]", rows: Sequence[int]) -> None:
    selected = [weekdays[row - 1] for row in rows]
    if -1 not in selected and repeats_itself(weekdays, selected):
        day = day_name[selected[0]]
        raise _cannot(
            "/method",
            f"Every selected item falls on a {day}: the interval has the frame's period. Draw at random.",
        )


def _picked(frame: _Frame, picks: Sequence[str], size: int) -> _Chosen:
    wanted = set(picks)
    found = {row.key: row for row in frame.rows() if row.key in wanted}
    if missing := [key for key in picks if key not in found]:
        raise _cannot("/picks", f"The population has no item {', '.join(repr(key[:60]) for key in missing[:10])}.")
    items: list[_Item] = [(None, found[key], None) for key in picks]
    return items[:size], items[size:]


def _enough(count: int, size: int) -> None:
    if count < size:
        raise _cannot("/size", f"The population has {count} items.")


def _column(headings: Sequence[str], heading: str) -> int:
    if heading not in headings:
        raise _cannot("/stratum", f"The population has no column '{heading[:60]}'.")
    return headings.index(heading)


def _cannot(pointer: str, detail: str) -> CannotSelect:
    return CannotSelect(detail, faults=[Fault(pointer, detail)])
