"""Refusals as facts: each is a class with a status and a title, raised by a verb, answered as RFC 9457 problem+json.

A service declares its own beside the verb that raises them. The `type` URI is derived from the class name, so that
a client can rely on it: `Stale` is `/problems/stale`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

MOST_FAULTS = 100
_MOST_CHARACTERS = 64 * 1024  # of all faults of one problem
_LONGEST_TEXT = 2_000  # characters of one pointer or detail


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where (a JSON pointer, or `header`, `query`, `path` and a name) and what."""

    pointer: str
    detail: str


def listed(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults that an answer names: the first hundred, or fewer where they are long. The others are counted."""
    kept: list[Fault] = []
    characters = 0
    for fault in faults[:MOST_FAULTS]:
        short = Fault(fault.pointer[:_LONGEST_TEXT], fault.detail[:_LONGEST_TEXT])
        characters += len(short.pointer) + len(short.detail)
        if characters > _MOST_CHARACTERS:
            break
        kept.append(short)
    return tuple(kept)


class Problem(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A refusal with its HTTP status. Subclass it; the docstring's first line is the title."""

    status: ClassVar[int]
    title: ClassVar[str]
    slug: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.slug = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()
        cls.title = (cls.__doc__ or cls.__name__).splitlines()[0].rstrip(".")

    def __init__(
        self, detail: str, *, faults: Sequence[Fault] = (), more_faults: int = 0, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail[:_LONGEST_TEXT]
        self.faults = listed(faults)
        self.more_faults = len(faults) - len(self.faults) + more_faults
        self.headers = headers or {}


class Malformed(Problem):
    """The request cannot be read."""

    status = 400


class Unauthenticated(Problem):
    """No valid access token."""

    status = 401


class Forbidden(Problem):
    """The caller may not do this."""

    status = 403


class SeparationOfDuties(Forbidden):
    """One person may not do both halves of this."""


class NotFound(Problem):
    """There is no such thing, or it belongs to another organisation."""

    status = 404


class Conflict(Problem):
    """The state of the thing does not allow this."""

    status = 409


class InFlight(Conflict):
    """A request with this Idempotency-Key is still under way."""


class Stale(Problem):
    """The thing has changed since you read it."""

    status = 412


class Gone(Problem):
    """This was there, and has been disposed of."""

    status = 410


class TooLarge(Problem):
    """The body is larger than this operation takes."""

    status = 413


class UnsupportedMediaType(Problem):
    """The body is of a kind that this operation does not take."""

    status = 415


class Invalid(Problem):
    """The request is well formed but not valid."""

    status = 422


class UnknownPerson(Invalid):
    """There is no such person in the directory.

    `may_be_late`: where the directory is another service's, whose news of a new person may be on its way.
    """

    def __init__(self, detail: str, *, faults: Sequence[Fault] = (), may_be_late: bool = False) -> None:
        super().__init__(detail, faults=faults)
        self.may_be_late = may_be_late


class PersonGone(Invalid):
    """The person has left the organisation."""


class PersonWithoutPermission(Invalid):
    """The person has no permission for what this makes them responsible for."""


class LimitExceeded(Invalid):
    """This needs more memory or time than it may use."""


class KeyReused(Problem):
    """This Idempotency-Key was used for another request."""

    status = 422


class PreconditionRequired(Problem):
    """If-Match is required, so that no change of another is overwritten."""

    status = 428


class Unavailable(Problem):
    """Something this needs is not there at the moment."""

    status = 503


class Busy(Unavailable):
    """Too many requests of this kind are being worked on."""


def not_allowed(verb: str, state: str, allowed: Sequence[str]) -> Conflict:
    """The refusal of a transition, naming the ones the present state allows."""
    can = ", ".join(allowed) if allowed else "nothing further"
    return Conflict(f"Cannot {verb} from state '{state}'; this state allows: {can}.")
