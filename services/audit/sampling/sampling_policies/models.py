from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class SampledFrequency(StrEnum):
    """How often a control is performed, as far as it matters for how much of it is tested."""

    ANNUAL = "annual"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"
    SEMI_MONTHLY = "semi_monthly"
    WEEKLY = "weekly"
    DAILY = "daily"
    MANY_A_DAY = "many_a_day"
    ON_EVENT = "on_event"
    AUTOMATED = "automated"


class ControlRisk(StrEnum):
    """The risk associated with a control, as the firm assesses it (AT-C 205): more evidence for a higher one."""

    LOW = "low"
    HIGH = "high"


class SamplingPolicy(Base, table=True):
    """The sizes that a firm has set. Its id is the firm's, since there is one.

    `frequencies` and `event_bands` are rows as the schemas have them.
    """

    __tablename__ = "sampling_policies"

    frequencies: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    event_bands: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
