from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.reporting.report_assemblies.schemas import ReportKind
from shared.data.queries import Query
from shared.http.fields import AsOf

OverPeriod = Literal[ReportKind.SOC2_TYPE2, ReportKind.SOC1_TYPE2, ReportKind.SOC3]


class CoveredBy(StrEnum):
    """By what a day is covered. A report goes before a letter; a gap is a day that neither speaks of."""

    REPORT = "report"
    BRIDGE_LETTER = "bridge_letter"
    GAP = "gap"


class ReportCoverageQuery(Query):
    kind: OverPeriod = Field(
        default=ReportKind.SOC2_TYPE2, description="Of these reports, and the letters that follow them"
    )
    as_of: AsOf = Field(description="Up to the UTC day of this instant; now when left out")


class CoveredStretchOut(BaseModel):
    """Days in a row that are covered by the same."""

    first_day: date
    last_day: date = Field(description="Included")
    covered_by: CoveredBy
    id: UUID | None = Field(description="Of the report or the letter; null in a gap")


class ReportCoverageOut(BaseModel):
    """From the first day of the first report that stands, up to the day of `as_of`, without a day left out."""

    kind: ReportKind
    stretches: list[CoveredStretchOut]
    gap_days: int = Field(description="How many days are covered by nothing")
    current_until: Annotated[
        date | None, Field(description="Until when the newest report is current by convention: a year after its period")
    ]
