from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Known
from shared.data.base import instant


class PostureDay(Known, table=True):
    """The numbers of a day, as they last stood on it."""

    __tablename__ = "posture_days"

    day: date = Field(primary_key=True)
    numbers: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    computed_at: datetime = instant()
