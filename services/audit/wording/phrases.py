"""Dates, lists and plurals, as American English writes them."""

from calendar import month_name
from collections.abc import Sequence
from datetime import date


def day_of(value: date) -> str:
    """For example June 30, 2026."""
    return f"{month_name[value.month]} {value.day}, {value.year}"


def listed(names: Sequence[str], *, last: str = "and") -> str:
    """For example "a", "a and b", "a, b, and c"."""
    if len(names) < 3:  # noqa: PLR2004 - two need no comma
        return f" {last} ".join(names)
    return f"{', '.join(names[:-1])}, {last} {names[-1]}"


def possessive(name: str) -> str:
    """The name of an organization with its apostrophe."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def sentence(text: str) -> str:
    """What somebody wrote, with a full stop unless it ends with a mark of its own."""
    written = text.strip()
    return written if written.endswith((".", "!", "?", "…")) else f"{written}."


def clause(text: str) -> str:
    """What somebody wrote, without the full stop, to go on behind it."""
    return text.strip().removesuffix(".")


def series(texts: Sequence[str]) -> tuple[str, ...]:
    """The items of one sentence that goes through a list."""
    *before, last = texts
    if not before:
        return (f"{last}.",)
    return (*(f"{each};" for each in before[:-1]), f"{before[-1]}; and", f"{last}.")


def plural(count: int, one: str, many: str) -> str:
    """The word for so many."""
    return one if count == 1 else many
