"""What the rows of a population show, found while they pass by: days, sequences, keys that occur twice. Pure."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Any

EXAMPLES = 10
_SEQUENCES = 5
_MOST_PREFIXES = 1_000  # more than that are no sequences, but keys of another kind
_LARGEST_NUMBER = 2**63 - 1
_DIGITS = "0123456789"
_A_DAY = timedelta(days=1)


class Keys:
    """The keys so far, by digests of 16 bytes, so that a million of them take little memory."""

    def __init__(self) -> None:
        self._rows: dict[bytes, int] = {}

    def first_row(self, key: str, row: int) -> int:
        """The first row that had this key: this one where none had it before."""
        return self._rows.setdefault(blake2b(key.encode(), digest_size=16).digest(), row)


class Days:
    """On which days of the period items fall, and which items fall outside it."""

    def __init__(self, first_day: date, last_day: date) -> None:
        self._period = first_day, last_day
        self._rows: Counter[date] = Counter()
        self._outside: list[dict[str, Any]] = []

    def note(self, day: date, row: int, key: str, text: str) -> bool:
        """Count an item; whether its day is within the period."""
        self._rows[day] += 1
        within = self._period[0] <= day <= self._period[1]
        if not within and len(self._outside) < EXAMPLES:
            self._outside.append({"row": row, "key": key, "value": text})
        return within

    def told(self) -> dict[str, Any]:
        """`DayHints` as JSON."""
        first_day, last_day = self._period
        within = sorted(day for day in self._rows if first_day <= day <= last_day)
        gaps = day_gaps(within, first_day, last_day)
        return {
            "first_day": min(self._rows).isoformat() if self._rows else None,
            "last_day": max(self._rows).isoformat() if self._rows else None,
            "rows_outside_period": self._rows.total() - sum(self._rows[day] for day in within),
            "outside_period": self._outside,
            "days_without_rows": (last_day - first_day).days + 1 - len(within),
            "gap_count": len(gaps),
            "gaps": [
                {"first_day": first.isoformat(), "last_day": last.isoformat(), "days": (last - first).days + 1}
                for first, last in sorted(gaps, key=lambda gap: (gap[0] - gap[1], gap[0]))[:EXAMPLES]
            ],
        }


def day_gaps(days: Sequence[date], first_day: date, last_day: date) -> list[tuple[date, date]]:
    """The first and last of each run of days of a period that are not among these, which are sorted."""
    bounds = [first_day - _A_DAY, *days, last_day + _A_DAY]
    return [(before + _A_DAY, after - _A_DAY) for before, after in pairwise(bounds) if after - before > _A_DAY]


class Sequences:
    """The numbers at the ends of keys, by what is before them."""

    def __init__(self) -> None:
        self._numbers: dict[str, array[int]] = {}

    def note(self, key: str) -> None:
        prefix = key.rstrip(_DIGITS)
        digits = key[len(prefix) :]
        if not digits or (number := int(digits[:20])) > _LARGEST_NUMBER or len(digits) > len(str(_LARGEST_NUMBER)):
            return
        numbers = self._numbers.get(prefix)
        if numbers is None:
            if len(self._numbers) == _MOST_PREFIXES:
                return
            numbers = self._numbers[prefix] = array("q")
        numbers.append(number)

    def told(self) -> list[dict[str, Any]]:
        """`SequenceHints` as JSON, of the prefixes with the most rows; one row alone is no sequence."""
        largest = sorted(self._numbers, key=lambda prefix: (-len(self._numbers[prefix]), prefix))[:_SEQUENCES]
        return [_told(prefix, self._numbers[prefix]) for prefix in largest if len(self._numbers[prefix]) > 1]


def number_gaps(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of each run of numbers that are missing among these."""
    return [(before + 1, after - 1) for before, after in pairwise(sorted(numbers)) if after - before > 1]


def _told(prefix: str, numbers: "array[int]") -> dict[str, Any]:
    gaps = number_gaps(numbers)
    return {
        "prefix": prefix,
        "rows": len(numbers),
        "first_number": min(numbers),
        "last_number": max(numbers),
        "missing": sum(last - first + 1 for first, last in gaps),
        "gap_count": len(gaps),
        "gaps": [
            {"first_number": first, "last_number": last, "numbers": last - first + 1}
            for first, last in sorted(gaps, key=lambda gap: (gap[0] - gap[1], gap[0]))[:EXAMPLES]
        ],
    }
