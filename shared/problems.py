"""Refusals as facts: each is a class with a status and a title, raised by a verb, answered as RFC 9457 problem+json.

A service declares its own beside the verb that raises them. The `type` URI is derived from the class name, so that
a client can rely on it: `Stale` is `/problems/stale`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

MOST_FAULTS = 100
_MOST_CHARACTERS = 64 * 1024  # of all faults of one problem
_LONGEST_TEXT = 2_000  # characters of one pointer or detail


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where (a JSON pointer, or `header`, `query`, `path` and a name) and what."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """Faults of the rows of a table that say the same of the same value of a column; `rows` are the first of them."""

    column: str
    value: str | None
    detail: str
    count: int
    rows: tuple[int, ...]


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
    """A refusal with its HTTP status. Subclass it; the docstring's first line is the title.

    `may_be_late`: whether it rests on what another service announces, whose news may be on its way.
    """

    status: ClassVar[int]
    title: ClassVar[str]
    slug: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.slug = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()
        cls.title = (cls.__doc__ or cls.__name__).splitlines()[0].rstrip(".")

    def __init__(
        self,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        more_faults: int = 0,
        groups: Sequence[FaultGroup] = (),
        headers: dict[str, str] | None = None,
        may_be_late: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail[:_LONGEST_TEXT]
        self.faults = listed(faults)
        self.more_faults = len(faults) - len(self.faults) + more_faults
        self.groups = groups
        self.headers = headers or {}
        self.may_be_late = may_be_late


class Malformed(Problem):
    """The request cannot be read."""

    status = 400


class Unauthenticated(Problem):
    """The request has no valid access token."""

    status = 401


class Forbidden(Problem):
    """The caller does not have the permission."""

    status = 403


class SeparationOfDuties(Forbidden):
    """The same person cannot do both of these."""


class NotFound(Problem):
    """The resource does not exist in this organisation."""

    status = 404


class MethodNotAllowed(Problem):
    """The address does not take this HTTP method."""

    status = 405


class Conflict(Problem):
    """The resource's state does not allow this."""

    status = 409


class InFlight(Conflict):
    """The first request with this Idempotency-Key is still being processed."""


class CodeTaken(Conflict):
    """The code is already in use."""


class ComesWithAttest(Conflict):
    """The resource is part of Attest and cannot be changed."""


class Stale(Problem):
    """The resource was changed after you read it."""

    status = 412


class Gone(Problem):
    """The resource was disposed of."""

    status = 410


class TooLarge(Problem):
    """The body is too large."""

    status = 413


class UnsupportedMediaType(Problem):
    """The operation does not take this media type."""

    status = 415


class Invalid(Problem):
    """The request is not valid."""

    status = 422


class UnknownPerson(Invalid):
    """The person is not in the directory."""


class PersonGone(Invalid):
    """The person has left the organisation."""


class PersonWithoutPermission(Invalid):
    """The person does not have the permission that this duty needs."""


class LimitExceeded(Invalid):
    """Processing this needs more memory or time than is allowed."""


class KeyReused(Problem):
    """The Idempotency-Key was already used for another request."""

    status = 422


class PreconditionRequired(Problem):
    """A required precondition header is missing."""

    status = 428


class TooManyRequests(Problem):
    """The client sent too many requests."""

    status = 429


class Unforeseen(Problem):
    """Attest failed to process the request."""

    status = 500


class BadGateway(Problem):
    """The service behind this address cannot be reached."""

    status = 502


class Unavailable(Problem):
    """A part that this operation needs is not available at the moment."""

    status = 503


class Busy(Unavailable):
    """Too many requests of this kind are being processed."""


class GatewayTimeout(Problem):
    """The service behind this address did not answer in time."""

    status = 504


def not_allowed(verb: str, state: str, allowed: Sequence[str]) -> Conflict:
    """The refusal of a transition, naming the ones the present state allows."""
    can = ", ".join(allowed) if allowed else "nothing further"
    return Conflict(f"Cannot {verb} from state '{state}'; this state allows: {can}.")


def words_of(error: Mapping[str, Any]) -> str:
    """What Pydantic says of a value, without the kind of exception that a validator raised."""
    return str(error["msg"]).removeprefix("Value error, ")
