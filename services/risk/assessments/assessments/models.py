from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class AssessmentStatus(StrEnum):
    """draft → started → rating → submitted → approved → completed.

    submitted and approved → returned, which is rated again. Each but completed → cancelled.
    """

    DRAFT = "draft"
    STARTED = "started"
    RATING = "rating"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Assessment(Base, table=True):
    """A campaign in which people rate risks together.

    `scope` says which risks; at the start these are frozen as rows of their own, and `progress` counts those by
    status. Where `approver_ids` names anybody, only these approve it. Each risk needs the rating of `raters_needed`
    participants. `approvals` and `returns` are kept with their round, which each return begins anew. `digest` is of
    the completed record. `notice_at` is when the clock has something to say of the due day.
    """

    __tablename__ = "risk_assessments"

    title: str
    purpose: str
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    scope: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    lead_id: UUID
    participant_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    approver_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    raters_needed: int
    approvers_needed: int
    due_on: date
    status: str = AssessmentStatus.DRAFT
    progress: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    method_number: int | None = None
    started_at: datetime | None = instant(default=None)
    started_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    round: int = 1
    submitted_at: datetime | None = instant(default=None)
    submitted_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    approvals: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    returns: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    completed_at: datetime | None = instant(default=None)
    completed_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    completion_note: str | None = None
    digest: str | None = None
    cancelled_because: str | None = None
    notice_at: datetime | None = instant(default=None)
