from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.programmes.models import ReportType
from services.controls.register.controls.schemas import NamedControl
from shared.events.catalogue.controls import ReasonCode


class PeriodState(StrEnum):
    """How a requirement stands over the period, or the whole programme. Gaps come first, then what is not yet due."""

    OPERATED = "operated"
    NOT_YET_DUE = "not_yet_due"
    GAPS = "gaps"
    NOT_RELEVANT = "not_relevant"


class DaysOut(BaseModel):
    """Days in a row, the first and the last included."""

    first_day: date
    last_day: date


class CompensatedDays(DaysOut):
    """Days of a gap on which another control counts at the requirement."""

    control: NamedControl


class PartOut(DaysOut):
    """One definition of a control, for the days of the period on which it was in force and the control in operation."""

    control: NamedControl
    definition: int = Field(description="Its number")
    recorded_at: datetime = Field(
        description="When it came into Attest from when the definition is in force and since when the control is in"
        " operation; later than the first day where that was told afterwards"
    )


class PeriodGap(DaysOut):
    """Days on which a control is not shown to have worked, in one part of the period."""

    code: ReasonCode
    reason: str = Field(examples=["No accepted evidence for 'Access review' covers these days."])
    control: NamedControl | None = Field(description="Null where no control answers the requirement")
    definition: int | None = Field(description="The number of the definition in force; null where none was")
    made_good_on: date | None = Field(
        description="The day on which a record said that the control had been performed in time, which closed the gap"
    )
    waived: list[DaysOut] = Field(description="Days of it on which the control was waived, which takes no gap away")


class RequirementGap(PeriodGap):
    compensated: list[CompensatedDays] = Field(
        description="Days of it on which the compensating control of a waiver answers all of the requirement, operated"
        " without a gap and is tested: they count as answered here. What failed still failed"
    )


class Parts(BaseModel):
    total: int
    first: list[PartOut] = Field(description="The first of them by code, as many as `limit` says")


class RequirementGaps(BaseModel):
    total: int
    first: list[RequirementGap] = Field(description="The first of them by the control's code, as many as `limit` says")


class RequirementPeriod(BaseModel):
    ref: str = Field(examples=["CC6.1"])
    title: str
    group_ref: str = Field(examples=["CC6"])
    state: PeriodState
    operated: Parts = Field(description="What operated on every day of its part without a gap")
    not_yet_due: Parts = Field(description="What has no gap so far, and days of its part to come")
    gaps: RequirementGaps
    unanswered: list[DaysOut] = Field(
        description="Days that are over on which no control that answers all of it operated without a gap, nor a"
        " compensating one in its place"
    )
    in_part: int = Field(
        description="How many controls answer a part of it; their gaps are listed where none answers all"
    )
    drafts: int = Field(description="How many drafts answer it; they count for nothing yet")


class PeriodTotals(BaseModel):
    requirements: int
    operated: int
    not_yet_due: int
    gaps: int
    not_relevant: int


class PeriodReadinessOut(BaseModel):
    """How far a programme is over its period, of which the first and the last day are both in it."""

    programme_id: UUID
    as_of: datetime = Field(description="Up to when facts count; days that are not over by then are not yet due")
    report_type: ReportType
    period_start: date
    period_end: date
    state: PeriodState
    totals: PeriodTotals
    requirements: list[RequirementPeriod]
