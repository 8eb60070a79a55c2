from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class ConditionStatus(StrEnum):
    """open → met, or withdrawn with a reason."""

    OPEN = "open"
    MET = "met"
    WITHDRAWN = "withdrawn"


class VendorCondition(Base, table=True):
    """A condition of an approval. `overdue_told_for` is the due day that was announced as missed."""

    __tablename__ = "vendor_conditions"

    vendor_id: UUID
    review_id: UUID
    text: str
    owner_id: UUID
    due_on: date
    status: str = ConditionStatus.OPEN
    settled_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    settled_at: datetime | None = instant(default=None)
    settled_note: str | None = None
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    overdue_told_for: date | None = None
