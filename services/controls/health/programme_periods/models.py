from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.controls.base import Part


class ProgrammePeriod(Part, table=True):
    """The period of an active programme against a framework, both days in it; null when it has none or is closed.

    It is the programme's own, kept here because health may not look at programmes, which look at health.
    """

    __tablename__ = "programme_periods"

    programme_id: UUID = Field(primary_key=True)
    framework: str
    period_start: date | None = None
    period_end: date | None = None
