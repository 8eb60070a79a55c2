"""The one clock and the one source of ids. Rules take time as an argument; only doors ask the clock."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

# How far the clocks of systems that report to us may be ahead of ours.
CLOCK_SKEW = timedelta(minutes=5)


def now() -> datetime:
    """The present instant, in UTC, aware."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562): unique, and ordered by the time it was made."""
    return uuid7()
