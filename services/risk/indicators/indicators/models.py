from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base, Fact
from shared.clock import new_id
from shared.data.base import instant


class Metric(StrEnum):
    """What a computed indicator counts, of all controls or of those that it names.

    Findings are those that auditors have communicated and neither concluded nor withdrawn.
    """

    FAILING_CONTROLS = "failing_controls"
    OVERDUE_COLLECTIONS = "overdue_collections"
    OPEN_ISSUES = "open_issues"
    OPEN_FINDINGS = "open_findings"


class IndicatorDirection(StrEnum):
    """Which way an indicator gets worse."""

    HIGHER_IS_WORSE = "higher_is_worse"
    LOWER_IS_WORSE = "lower_is_worse"


class IndicatorState(StrEnum):
    """unknown → within, amber or red, by the newest values; silence leads back to unknown."""

    UNKNOWN = "unknown"
    WITHIN = "within"
    AMBER = "amber"
    RED = "red"


class IndicatorStatus(StrEnum):
    """active → retired."""

    ACTIVE = "active"
    RETIRED = "retired"


class Indicator(Base, table=True):
    """A measure of risk with thresholds.

    It is red when `breaching_values` of its last `of_last` values are at or beyond the red threshold, amber likewise.
    `told` is the last state that was announced as a breach or a recovery: silence leaves it, so that each is announced
    once. `silent_at` is when it becomes unknown unless another value comes; null for a computed or retired one.
    """

    __tablename__ = "indicators"

    code: str
    title: str
    description: str
    unit: str
    owner_id: UUID
    risk_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    metric: str | None = None
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    direction: str
    amber: float
    red: float
    breaching_values: int
    of_last: int
    period_hours: int | None = None
    status: str = IndicatorStatus.ACTIVE
    state: str = IndicatorState.UNKNOWN
    state_since: datetime = instant()
    reason: str
    told: str = IndicatorState.WITHIN
    value: float | None = None
    previous_value: float | None = None
    measured_at: datetime | None = instant(default=None)
    silent_at: datetime | None = instant(default=None)
    silence_told: bool = False
    retirement_reason: str | None = None


class IndicatorValue(Fact, table=True):
    """A value of an indicator. `late` ones were measured before one that was known already, and changed no state.

    Rows are added and never changed; the database permits no more.
    """

    __tablename__ = "indicator_values"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    indicator_id: UUID
    value: float
    measured_at: datetime = instant()
    recorded_at: datetime = instant()
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    source: str
    reading: str
    late: bool
