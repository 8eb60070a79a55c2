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


def ranged(codes: Sequence[str]) -> str:
    """Criteria in a list, where those that follow each other in a series are told by their first and last."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and _follows(runs[-1][-1], code):
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)  # noqa: PLR2004


def _follows(code: str, other: str) -> bool:
    series, _, number = code.rpartition(".")
    return bool(series) and number.isdigit() and other == f"{series}.{int(number) + 1}"


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
