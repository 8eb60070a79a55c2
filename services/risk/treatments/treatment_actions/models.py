from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Integer, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class TreatmentActionStatus(StrEnum):
    """open → in progress → done → verified. done → in progress when it is returned; until it is done → dropped."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    DROPPED = "dropped"


UNDONE = frozenset({TreatmentActionStatus.OPEN, TreatmentActionStatus.IN_PROGRESS})


class TreatmentAction(Base, table=True):
    """A step of a treatment, of which one person answers for that it is done by a day.

    Costs are in minor units of the treatment's currency: `cost` once and `yearly_cost` each year as planned,
    `actual_cost` once it is done. It was verified or dropped by `settled_by`. What the clock says of it is kept as
    in `Treatment`.
    """

    __tablename__ = "treatment_actions"

    treatment_id: UUID
    risk_id: UUID
    risk_code: str
    text: str
    owner_id: UUID
    due_on: date
    cost: int = Field(default=0, sa_type=BigInteger)
    yearly_cost: int = Field(default=0, sa_type=BigInteger)
    actual_cost: int | None = Field(default=None, sa_column=Column(BigInteger))
    status: str = TreatmentActionStatus.OPEN
    started_at: datetime | None = instant(default=None)
    done_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    done_at: datetime | None = instant(default=None)
    done_note: str | None = None
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    settled_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    settled_at: datetime | None = instant(default=None)
    settled_note: str | None = None
    warned: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    overdue_told_for: date | None = None
    due_at: datetime | None = instant(default=None)
