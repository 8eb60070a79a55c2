"""What child processes do: a function that only they import, with its limits."""

from dataclasses import dataclass

from shared.problems import Problem

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use. Memory is counted on top of what the imported libraries take.

    Memory is limited on Linux only: other systems do not enforce RLIMIT_AS.
    """

    memory: int  # bytes of address space
    processor_seconds: float
    elapsed_seconds: float
    answer: int = 64 * MEBIBYTE  # bytes


@dataclass(frozen=True, slots=True)
class ChildTask:
    """A generator function: it takes the call's arguments and an iterator of byte strings, and yields byte strings.

    The module is named and not imported, so that the libraries it needs stay out of the service's own process
    (`tests/shape/test_children.py` holds every name against its module). `doing` begins the sentence that a problem
    says, such as "Reading a table". `refuses` are the problems that the function itself raises for bad input. So many
    calls run at once, so many more wait, a quarter of them of one organisation, and the others are refused.
    """

    module: str
    function: str
    doing: str
    limits: Limits
    refuses: tuple[type[Problem], ...] = ()
    at_once: int = 1
    waiting: int = 16
