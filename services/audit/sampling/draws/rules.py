"""`attest-draw-1`: items are ordered by tickets that a seed gives them, and the first of them are the sample. Pure.

The ticket of an item is the SHA-256 of `attest-draw-1`, the seed and the item's key, with line feeds between them, in
UTF-8 and with the key in Unicode's form NFC. Items are ordered by ticket, then by key, both bytewise. So each subset
of a population has the order that the whole has, and the items that follow the sample are its replacements and its
extension. Rivest's consistent sampler orders items by such tickets as well (2018). `sha256sum` and `sort` give the same
order, and so does PostgreSQL.

A systematic selection takes every (N/n)th item in the order of keys from a random start, and a stratified one the first
tickets of each stratum.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

ALGORITHM = "attest-draw-1"
START = "start"  # the key whose ticket says where a systematic selection starts

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Ticket:
    """An item's place in the draw order: the digest, then the key."""

    digest: bytes
    key: str

    @property
    def text(self) -> str:
        """The digest in lower-case hexadecimal, whose order is that of the bytes."""
        return self.digest.hex()


class TicketMaker:
    """Gives the tickets of one seed; what all of them share is hashed once."""

    def __init__(self, seed: str) -> None:
        self._begun = sha256(f"{ALGORITHM}\n{seed}\n".encode())

    def digest(self, key: str) -> bytes:
        """The ticket of a key, 32 bytes."""
        made = self._begun.copy()
        made.update(normal(key).encode())
        return made.digest()


class FirstItems(Generic[T]):
    """The first `most` items in the draw order of all that were offered, in memory for twice as many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[Ticket, T]] = []
        self._last: bytes | None = None  # nothing after this ticket is among the first

    def offer(self, digest: bytes, key: str, item: T) -> None:
        """Consider an item; it is kept while it may be among the first."""
        if (self._last is not None and digest > self._last) or not self._most:
            return
        self._kept.append((Ticket(digest, key), item))
        if len(self._kept) >= 2 * self._most:
            self._cut()

    def taken(self) -> list[tuple[Ticket, T]]:
        """The first items, in the draw order."""
        self._cut()
        return list(self._kept)

    def _cut(self) -> None:
        self._kept.sort(key=lambda each: each[0])
        del self._kept[self._most :]
        if len(self._kept) == self._most and self._kept:
            self._last = self._kept[-1][0].digest


def normal(key: str) -> str:
    """A key as tickets are made of it: in form NFC, and trimmed of nothing."""
    return key if key.isascii() else unicodedata.normalize("NFC", key)


def row_key(number: int) -> str:
    """The key of an item in a population that has no column of keys: its place among the rows, the first being 1."""
    return f"row:{number}"


def draw_order(seed: str, keys: Iterable[str]) -> list[Ticket]:
    """All items in the draw order."""
    maker = TicketMaker(seed)
    return sorted(Ticket(maker.digest(key), normal(key)) for key in keys)


def systematic_places(seed: str, total: int, size: int) -> list[int]:
    """The places of a systematic selection among `total` items in the order of their keys; the first place is 0.

    The interval is total/size, kept as a fraction. It starts at the ticket of the key `start`, as a number, modulo the
    interval, and so anywhere in the first interval. ValueError unless there is at least one item for each place.
    """
    if not 0 < size <= total:
        raise ValueError(f"{size} of {total} items cannot be selected")
    number = int.from_bytes(TicketMaker(seed).digest(START))
    start = number * size % total  # in parts of an item, of which an item has `size`
    return [(start + place * total) // size for place in range(size)]


def allocation(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """How many items each stratum gives: in proportion to its items, by largest remainders, and one at least.

    ValueError when there are fewer places than strata, or fewer items than places.
    """
    strata = {name: count for name, count in counts.items() if count}
    total = sum(strata.values())
    if not len(strata) <= size <= total:
        raise ValueError(f"{size} items cannot be spread over {len(strata)} strata of {total} items")
    places = {name: max(1, size * count // total) for name, count in strata.items()}
    while (missing := size - sum(places.values())) != 0:
        name = _next_stratum(strata, places, size, add=missing > 0)
        places[name] += 1 if missing > 0 else -1
    return places


def _next_stratum(counts: Mapping[str, int], places: Mapping[str, int], size: int, *, add: bool) -> str:
    """The stratum furthest below its share that has items left, or else furthest above it that has two or more."""
    total = sum(counts.values())

    def above(name: str) -> int:
        return places[name] * total - size * counts[name]

    if add:
        return min((name for name in counts if places[name] < counts[name]), key=lambda name: (above(name), name))
    return min((name for name in counts if places[name] > 1), key=lambda name: (-above(name), name))


def repeats_itself(days: Sequence[int], selected: Sequence[int]) -> bool:
    """Whether a systematic selection has the period of its frame: one weekday, while the frame has several.

    `days` are the weekdays of all items and `selected` those of the ones selected, from 0 to 6. Items that all fall on
    the same weekday say nothing of the others (AICPA, Audit Sampling: a pattern that coincides with the interval).
    """
    return len(selected) >= _FEW and len(set(selected)) == 1 and len(set(days)) > 1


_FEW = 4  # of so many items it is no accident that all fall on one weekday
