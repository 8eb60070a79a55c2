"""Calendar days, in UTC: what is due on a day is due until it ends there."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field

from shared.clock import now
from shared.data.queries import Query
from shared.http.fields import Day


def day_of(instant: datetime) -> date:
    """The calendar day of an instant, in UTC."""
    return instant.astimezone(UTC).date()


def _today() -> date:
    return day_of(now())


AsOfDay = Annotated[Day, Field(default_factory=_today, description="As of this day in UTC; today when left out")]


class AsOfDayQuery(Query):
    """What can be asked of a thing that is computed as of a day."""

    as_of: AsOfDay
