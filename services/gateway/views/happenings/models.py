from datetime import date, datetime

from sqlmodel import Field

from services.gateway.base import Known
from shared.data.base import instant


class Happenings(Known, table=True):
    """How many events of a type happened on a day (UTC), as heard until `noted_at`."""

    __tablename__ = "happenings"

    day: date = Field(primary_key=True)
    type: str = Field(primary_key=True)
    number: int
    noted_at: datetime = instant()
