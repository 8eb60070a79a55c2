from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class WaiverStatus(StrEnum):
    """requested → granted or refused; granted → revoked. Its end by the clock is a phase, no status."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class WaiverPhase(StrEnum):
    """Where a granted waiver stands in its term, as of an instant. Stored is only what was last announced."""

    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class Waiver(Base, table=True):
    """That a control need not be operated as described for a time.

    It changes no state: what fails meanwhile fails. What was asked for never changes: another wish is another waiver.
    `announced` is null unless it is granted; `due_at` is when its next phase begins.
    """

    __tablename__ = "waivers"

    control_id: UUID
    reason: str
    scope: str
    risk_accepted: str
    compensating_control_id: UUID | None = None
    compensating_measures: str | None = None
    renews: UUID | None = None
    starts_at: datetime = instant()
    expiring_from: datetime = instant()
    expires_at: datetime = instant()
    status: str = WaiverStatus.REQUESTED
    requested_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    decided_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    decided_at: datetime | None = instant(default=None)
    decision_reason: str | None = None
    revoked_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    revoked_at: datetime | None = instant(default=None)
    revocation_reason: str | None = None
    announced: str | None = None
    due_at: datetime | None = instant(default=None)
