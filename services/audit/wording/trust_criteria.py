"""The references of the trust services criteria (TSP section 100, 2017), by the category that asks for them."""

from collections.abc import Collection
from itertools import chain

# How many criteria each series has; the common criteria are those of security, which every examination has.
_COMMON = {"CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2}
_SERIES = {
    "security": _COMMON,
    "availability": {"A1": 3},
    "processing_integrity": {"PI1": 5},
    "confidentiality": {"C1": 2},
    "privacy": {"P1": 1, "P2": 1, "P3": 2, "P4": 3, "P5": 2, "P6": 7, "P7": 1, "P8": 1},
}


def criteria_of(categories: Collection[str]) -> list[str]:
    """All criteria of an examination of these categories, in order."""
    series = chain.from_iterable(_SERIES[each].items() for each in _SERIES if each in categories)
    return [f"{name}.{number}" for name, count in series for number in range(1, count + 1)]
