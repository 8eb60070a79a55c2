"""Calendar days, in UTC: what is due on a day is due until it ends there."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field

Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]


def day_of(instant: datetime) -> date:
    """The calendar day of an instant, in UTC."""
    return instant.astimezone(UTC).date()
