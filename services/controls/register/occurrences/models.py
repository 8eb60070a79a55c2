from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import Touches, instant


class Standing(StrEnum):
    """How an expected occurrence stands: in time, late within the tolerance, not or too late, or not due yet."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"
    OPEN = "open"


class PeriodOutcome(StrEnum):
    """What a period says of a control. No occurrence is neither pass nor fail: there is nothing to conclude from."""

    PERFORMED = "performed"
    MISSED = "missed"
    OPEN = "open"
    NO_OCCURRENCE = "no_occurrence"
    OUTSIDE_PERIOD = "outside_period"
    NOT_IN_OPERATION = "not_in_operation"


class Occurrence(Base, table=True):
    """A control was performed. `due_on` is the expected occurrence that it is; null where none was expected.

    Whoever performed it is named by id, or by name where the directory never had them.
    """

    __tablename__ = "occurrences"
    __touches__ = Touches("control_id")

    control_id: UUID
    definition_id: UUID
    due_on: date | None = None
    performed_at: datetime = instant()
    performed_by_id: UUID | None = None
    performed_by_name: str | None = None
    notes: str | None = None
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    historical_record_id: UUID | None = None
    withdrawn_at: datetime | None = instant(default=None)


class MissedOccurrence(Base, table=True):
    """An expected occurrence that was not performed by `missed_at`, when its tolerance was over, as announced.

    `day_ended_at` is the end of the due day. The row stays when the control is performed later. `void` marks a day that
    is no longer expected, because a definition that was approved later took effect before it.
    """

    __tablename__ = "missed_occurrences"
    __touches__ = Touches("control_id")

    control_id: UUID
    definition_id: UUID
    due_on: date
    day_ended_at: datetime = instant()
    missed_at: datetime = instant()
    void: bool = False
