"""What the answer of a system means, and how values are read out of it. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from services.integrations.sending.attempts.rules import rest_asked_for
from services.integrations.ticketing.terms.models import TicketCode

_LONGEST = 300
_LONGEST_DETAIL = 500
_LONGEST_URL = 2000
_SHORTEST_REST, _LONGEST_REST = timedelta(seconds=10), timedelta(hours=24)
_USUAL_REST = timedelta(minutes=1)
_MOST_DIGITS = 11
_CODES: Mapping[int, TicketCode] = {
    HTTPStatus.UNAUTHORIZED: TicketCode.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN: TicketCode.FORBIDDEN,
    HTTPStatus.NOT_FOUND: TicketCode.NOT_FOUND,
    HTTPStatus.GONE: TicketCode.NOT_FOUND,
    HTTPStatus.CONFLICT: TicketCode.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED: TicketCode.CONFLICT,
    HTTPStatus.TOO_MANY_REQUESTS: TicketCode.RATE_LIMITED,
}
# After these nobody knows whether a write was done: it has to be looked for before it is tried again.
UNCERTAIN = frozenset(
    {
        TicketCode.NOT_REACHABLE,
        TicketCode.TOO_SLOW,
        TicketCode.ANSWER_TOO_LARGE,
        TicketCode.SERVER_ERROR,
        TicketCode.UNREADABLE,
        TicketCode.INTERRUPTED,
    }
)
# What passes by itself: the same request may work later.
PASSING = UNCERTAIN | {TicketCode.RATE_LIMITED, TicketCode.CONFLICT}


def refusal_of(status: int, headers: Mapping[str, str]) -> TicketCode | None:
    """What a status means; None for 2xx. GitHub's secondary limits are a 403 that says when to come back."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status == HTTPStatus.FORBIDDEN and (
        "retry-after" in headers or headers.get("x-ratelimit-remaining", "").strip() == "0"
    ):
        return TicketCode.RATE_LIMITED
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TicketCode.SERVER_ERROR
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return TicketCode.NOT_FOUND  # it was moved, and where it leads to now is not followed
    return _CODES.get(status, TicketCode.REFUSED)


def rest_of(code: TicketCode, headers: Mapping[str, str], *, at: datetime) -> timedelta | None:
    """How long a system asks to be left alone: `Retry-After`, or the end of the period of its limit."""
    if asked := rest_asked_for(headers, at=at):
        return asked
    if code != TicketCode.RATE_LIMITED:
        return None
    reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", "")).strip()
    if reset.isascii() and reset.isdigit() and len(reset) <= _MOST_DIGITS:
        until = datetime.fromtimestamp(int(reset), UTC)
        return min(max(until - at, _SHORTEST_REST), _LONGEST_REST)
    return _USUAL_REST


def clean(value: Any, longest: int = _LONGEST) -> str | None:
    """A text of the outside as one line that is kept: without control characters, and not longer than this."""
    if value is None or isinstance(value, (dict, list)):
        return None
    line = "".join(character if character.isprintable() else " " for character in str(value))
    return line.strip()[:longest] or None


def detail_of(body: bytes) -> str:
    """The beginning of an answer, for people."""
    return clean(body[: 4 * _LONGEST_DETAIL].decode("utf-8", "replace"), _LONGEST_DETAIL) or ""


def link_of(value: Any) -> str | None:
    """A link that may be shown: http or https and nothing else."""
    link = clean(value, _LONGEST_URL)
    return link if link is not None and link == value and link.startswith(("https://", "http://")) else None


def day_of(value: Any) -> date | None:
    """A day as systems write it, alone or before a time."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def instant_of_text(value: Any) -> datetime | None:
    """An instant as systems write it; without a zone it is in UTC."""
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def member(document: Any, *names: str) -> Any:
    """What is at this place of a JSON document; None where there is nothing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document
