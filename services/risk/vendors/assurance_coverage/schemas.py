from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.vendors.assurance_coverage.rules import AssuredBy


class CoveredDays(BaseModel):
    """Days of the period that a report or a letter speaks of."""

    report_id: UUID
    by: AssuredBy
    first_day: date
    last_day: date


class GapDays(BaseModel):
    """Days of the period that nothing covers."""

    first_day: date
    last_day: date
    days: int


class AssuranceCoverageOut(BaseModel):
    """What covers a period of ours. All days are included."""

    vendor_id: UUID
    period_start: date
    period_end: date
    covered: list[CoveredDays] = Field(
        description="By type 2 reports that are reviewed and relied on, at least in part, and letters to them"
    )
    gaps: list[GapDays]
    complete: bool = Field(description="Whether every day is covered")
