from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.risk.indicators.indicators.models import IndicatorDirection, IndicatorState, IndicatorStatus, Metric
from shared.http.fields import Code, Input, NamedPerson, PersonRef, Prose, Title, once_each

LARGEST = 1e15
MOST_VALUES = 20
_MOST_HOURS = 366 * 24

Measure = Annotated[
    float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False, examples=[5], description="In the indicator's unit")
]
RiskIds = Annotated[
    list[UUID],
    Field(max_length=50, description="The risks of which it warns", examples=[[]]),
    AfterValidator(once_each),
]
ControlIds = Annotated[
    list[UUID],
    Field(
        max_length=1000,
        description="Computed ones only: count what concerns these controls; all controls when empty",
        examples=[[]],
    ),
    AfterValidator(once_each),
]
Few = Annotated[int, Field(ge=1, le=MOST_VALUES)]
PeriodHours = Annotated[
    int,
    Field(
        ge=1,
        le=_MOST_HOURS,
        description="How often a value is pushed, in hours: silence for longer makes the indicator unknown. Required"
        " for pushed indicators; computed ones have none",
        examples=[24],
    ),
]


class IndicatorDraft(Input):
    """A measure of risk: pushed by whoever measures it, or computed, if it names a metric."""

    code: Code = Field(examples=["KRI-01"])
    title: Title = Field(examples=["Critical vulnerabilities older than 30 days"])
    description: Prose = Field(examples=["Counted by the scanner every night, in production."])
    unit: Title = Field(examples=["vulnerabilities"])
    owner: PersonRef
    risk_ids: RiskIds = Field(default=[])
    metric: Metric | None = Field(default=None, description="What is counted; null for values that are pushed")
    control_ids: ControlIds = Field(default=[])
    direction: IndicatorDirection = IndicatorDirection.HIGHER_IS_WORSE
    amber: Measure = Field(description="Amber from this value on, itself included")
    red: Measure = Field(description="Red from this value on, itself included", examples=[10])
    breaching_values: Few = Field(default=1, description="How many of the last `of_last` values make a breach")
    of_last: Few = Field(
        default=1, description="Of how many; more than 1 keeps a value that stands alone from breaching"
    )
    period_hours: PeriodHours | None = None


class IndicatorRevision(Input):
    """What to change; members left out stay as they are. What is measured stays: that would be another indicator."""

    title: Title | None = None
    description: Prose | None = None
    owner: PersonRef | None = None
    risk_ids: RiskIds | None = None
    control_ids: ControlIds | None = None
    direction: IndicatorDirection | None = None
    amber: Measure | None = None
    red: Measure | None = None
    breaching_values: Few | None = None
    of_last: Few | None = None
    period_hours: PeriodHours | None = None


class IndicatorRetirement(Input):
    """Why it is measured no longer."""

    reason: Prose = Field(examples=["The scanner was replaced; KRI-07 takes its place."])


class Trend(StrEnum):
    """Where the newest value lies, seen from the one before."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


class IndicatorOut(BaseModel):
    id: UUID
    code: str
    title: str
    description: str
    unit: str
    owner: NamedPerson
    risk_ids: list[UUID]
    metric: Metric | None = Field(description="What is counted; null for values that are pushed")
    control_ids: list[UUID]
    direction: IndicatorDirection
    amber: float
    red: float
    breaching_values: int
    of_last: int
    period_hours: int | None
    status: IndicatorStatus
    state: IndicatorState
    state_since: datetime
    reason: str = Field(examples=["1 of the last 1 values is at or above 10 (red): 12."])
    value: float | None = Field(description="The newest; null before the first")
    measured_at: datetime | None
    trend: Trend | None = Field(description="Null before the second value")
    silent_at: datetime | None = Field(
        description="When it becomes, or became, unknown unless another value comes; null for computed and retired ones"
    )
    retirement_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
