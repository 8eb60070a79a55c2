from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class CampaignStatus(StrEnum):
    """open → completed when nobody is outstanding, or closed before that for a reason."""

    OPEN = "open"
    COMPLETED = "completed"
    CLOSED = "closed"


class PolicyCampaign(Base, table=True):
    """A campaign with its counts, which change under its lock.

    `next_reminder_on` is when people are next to be reminded; `overdue_told_for` the due date last announced as passed.
    """

    __tablename__ = "policy_campaigns"

    policy_id: UUID
    version_id: UUID
    title: str
    due_on: date
    reminder_days: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    next_reminder_on: date | None = None
    overdue_told_for: date | None = None
    status: str = CampaignStatus.OPEN
    people: int = 0
    acknowledged: int = 0
    excused: int = 0
    started_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    ended_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    ended_at: datetime | None = instant(default=None)
    closing_reason: str | None = None


class AcknowledgementStatus(StrEnum):
    """outstanding → acknowledged, or excused; who was excused may still acknowledge."""

    OUTSTANDING = "outstanding"
    ACKNOWLEDGED = "acknowledged"
    EXCUSED = "excused"


class Acknowledgement(Base, table=True):
    """One person of a campaign. `recorded_by` is who acknowledged, recorded it for them or excused them.

    `recorded_at` is when it came into Attest that they have acknowledged.
    """

    __tablename__ = "policy_acknowledgements"

    campaign_id: UUID
    person_id: UUID
    status: str = AcknowledgementStatus.OUTSTANDING
    acknowledged_at: datetime | None = instant(default=None)
    recorded_at: datetime | None = instant(default=None)
    historical_record_id: UUID | None = None
    recorded_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    on_behalf: bool = False
    statement: str | None = None
    evidence_id: UUID | None = None
    excuse: str | None = None
