"""What the runner tells while it works."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where a part of the stack is."""

    STARTING = "starting"
    READY = "ready"
    DIED = "died"
    RESTARTED = "restarted"
    STOPPED = "stopped"
    NOTE = "note"


@dataclass(frozen=True)
class Step:
    """One thing that happened to one part; milliseconds since the part's start where that says something."""

    part: str
    phase: Phase
    note: str = ""
    milliseconds: int | None = None


Report = Callable[[Step], None]


def silent(step: Step) -> None:
    """Tell nobody."""
