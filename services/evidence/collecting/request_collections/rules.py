"""What a request asks of its collection. Pure functions."""

from datetime import UTC, date, datetime, time, timedelta

from services.evidence.collecting.collections.models import UNANSWERED, CollectionStatus

# As the audit service names how a request stands.
_WAITING = frozenset({"open", "returned"})
_RETURNED = "returned"


def due_at(day: date) -> datetime:
    """The first instant of the UTC day on which it is due."""
    return datetime.combine(day, time(tzinfo=UTC))


def overdue_at(day: date) -> datetime:
    """The first instant after that day."""
    return due_at(day + timedelta(days=1))


def standing(status: CollectionStatus | None, request_status: str) -> CollectionStatus:
    """How a collection stands once a request stands so; None is one that is not there yet.

    It is open while the client is asked, and again when the answer is returned, unless evidence waits for the client's
    own review. When the request was answered otherwise or is asked for no longer, nothing is collected any more.
    """
    if request_status not in _WAITING:
        return CollectionStatus.SKIPPED if status is None or status in UNANSWERED else status
    if status is None or (request_status == _RETURNED and status not in UNANSWERED):
        return CollectionStatus.OPEN
    return status
