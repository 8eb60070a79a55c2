from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class VendorReviewStatus(StrEnum):
    """started → evidence gathered → assessed → decided → closed; cancelled with a reason until it is decided."""

    STARTED = "started"
    EVIDENCE_GATHERED = "evidence_gathered"
    ASSESSED = "assessed"
    DECIDED = "decided"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class VendorReview(Base, table=True):
    """A review of a vendor, with the tier that it had then. `due_on` is the day that the next one is counted from."""

    __tablename__ = "vendor_reviews"

    vendor_id: UUID
    cause: str
    tier: str
    due_on: date
    reviewer_id: UUID
    status: str = VendorReviewStatus.STARTED
    started_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    report_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    questionnaire_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    evidence_note: str | None = None
    assessment: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    assessed_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    assessed_at: datetime | None = instant(default=None)
    outcome: str | None = None
    decision_reason: str | None = None
    decided_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    decided_at: datetime | None = instant(default=None)
    closed_at: datetime | None = instant(default=None)
    next_review_on: date | None = None
    cancelled_because: str | None = None
