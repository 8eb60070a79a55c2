"""Why the database did not do what it was asked, where neither the data nor the code is the reason."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

__all__ = ["NoFreeConnection", "Outage", "outage_of"]


class Outage(StrEnum):
    """A reason for which the same request may succeed a moment later, as its caller is told it."""

    UNREACHABLE = "The database cannot be reached."
    BUSY = "All connections to the database are in use."
    LOCKED = "Another change holds what this one needs, and has not ended in time."
    DEADLOCK = "Two changes waited for each other, and this one gave way."
    SLOW = "The database has not answered in the time that a statement may take."


# PostgreSQL's SQLSTATE: first the whole code, then the class that its first two characters name.
_BY_CODE = {
    "25P03": Outage.SLOW,  # idle_in_transaction_session_timeout
    "40001": Outage.DEADLOCK,  # serialization_failure
    "40P01": Outage.DEADLOCK,  # deadlock_detected
    "53300": Outage.BUSY,  # too_many_connections
    "55P03": Outage.LOCKED,  # lock_not_available
    "57014": Outage.SLOW,  # query_canceled, which statement_timeout does
}
_BY_CLASS = {
    "08": Outage.UNREACHABLE,  # connection exception
    "53": Outage.UNREACHABLE,  # insufficient resources
    "57": Outage.UNREACHABLE,  # operator intervention: the server is stopping or starting
}


def outage_of(error: BaseException | None) -> Outage | None:
    """The reason for an error of SQLAlchemy, asyncpg or the network; None when it is the request's or the code's."""
    if isinstance(error, NoFreeConnection):
        return Outage.BUSY
    if isinstance(error, DBAPIError):
        return outage_of(error.orig) or (Outage.UNREACHABLE if error.connection_invalidated else None)
    if code := getattr(error, "sqlstate", None):
        return _BY_CODE.get(code) or _BY_CLASS.get(code[:2])
    if isinstance(error, TimeoutError):
        return Outage.SLOW
    return Outage.UNREACHABLE if isinstance(error, OSError) else None
