"""When a ticket is worked on next, and what a ticket says. Pure."""

from datetime import datetime, timedelta

from services.integrations.ticketing.subjects.models import TicketSubject
from services.integrations.ticketing.subjects.rules import path_of
from services.integrations.ticketing.terms.models import Content, Refused, SubjectKind, TicketCode
from services.integrations.ticketing.terms.rules import PASSING, UNCERTAIN
from services.integrations.ticketing.tickets.models import Ticket, TicketState, TicketWork

# After a lost answer the ticket may be there and not be found yet: what systems search lags by seconds.
_UNTIL_FOUND = timedelta(minutes=1)
_TRIES = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)),
    *(timedelta(hours=2), timedelta(hours=4), timedelta(hours=8), timedelta(hours=16), timedelta(hours=24)),
)
_OPEN_AGAIN, _CLOSED_AGAIN = timedelta(hours=1), timedelta(hours=24)
_CLOSED_LOOKED_AT = timedelta(days=30)
_HOUR = timedelta(hours=1)
_JITTER = 0.1
# Of the connection, and not of the ticket that was just worked on.
OF_CONNECTION = frozenset(
    {
        TicketCode.ADDRESS_NOT_ALLOWED,
        TicketCode.NOT_REACHABLE,
        TicketCode.TOO_SLOW,
        TicketCode.SERVER_ERROR,
        TicketCode.RATE_LIMITED,
    }
)
_KINDS = {
    SubjectKind.ISSUE: "issue",
    SubjectKind.FINDING: "audit finding",
    SubjectKind.REQUEST: "audit request",
    SubjectKind.TREATMENT_ACTION: "action of a risk treatment",
}


def content_of(ticket: Ticket, about: TicketSubject, link_base: str | None) -> Content:
    """What a new ticket says: the title, where the thing is, and how urgent it is. Nothing else of the thing."""
    kind = SubjectKind(about.kind)
    path = f"{path_of(kind)}/{about.id}"
    lines = [
        f"Opened by Attest for an {_KINDS[kind]}: {(link_base or '').rstrip('/')}{path}",
        f"Severity: {about.severity}" if about.severity else "",
        f"Due on {about.due_on.isoformat()}" if about.due_on else "",
        "Closing this ticket does not close it there: whether what was done works is checked by somebody else.",
    ]
    return Content(ticket.marker, about.title, "\n".join(filter(None, lines)), about.due_on)


def next_try(work: TicketWork, refused: Refused, state: str, *, at: datetime) -> datetime | None:
    """When work that was refused is tried again; None for never. `work.tries` counts this failure."""
    opening = state in {TicketState.INTENT, TicketState.CREATING}
    if opening and refused.code not in PASSING | {TicketCode.UNAUTHORIZED, TicketCode.ADDRESS_NOT_ALLOWED}:
        return None
    if refused.code == TicketCode.NOT_FOUND or (opening and work.tries > len(_TRIES)):
        return None
    delay = _TRIES[min(max(work.tries, 1), len(_TRIES)) - 1]
    if refused.code in UNCERTAIN:
        delay = max(delay, _UNTIL_FOUND)
    return at + max(delay, refused.rest or delay)


def next_look(ticket: Ticket, *, at: datetime, spread: float) -> datetime | None:
    """When a ticket is looked at again, though nobody reported a change of it; `spread` is from -1 to 1."""
    if ticket.state == TicketState.OPEN:
        return at + _OPEN_AGAIN * (1 + _JITTER * spread)
    changed = ticket.updated_outside_at or ticket.updated_at
    return at + _CLOSED_AGAIN * (1 + _JITTER * spread) if at - changed < _CLOSED_LOOKED_AT else None


def writes_left(work: TicketWork, *, most: int, at: datetime) -> int:
    """How many writes of a ticket its cap still allows in this hour."""
    return most - (0 if _is_over(work, at) else work.hour_writes)


def count_writes(work: TicketWork, writes: int, *, at: datetime) -> None:
    """Count writes against the cap of their hour."""
    if _is_over(work, at):
        work.hour_from, work.hour_writes, work.is_capped = at, 0, False
    work.hour_writes += writes


def next_hour(work: TicketWork, *, at: datetime) -> datetime:
    """When a ticket is written again after its cap was reached."""
    return (work.hour_from or at) + _HOUR


def _is_over(work: TicketWork, at: datetime) -> bool:
    return work.hour_from is None or at - work.hour_from >= _HOUR
