from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class OverrideStatus(StrEnum):
    """proposed → in force, once approved, or declined; in force → expired, revoked or overtaken."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OVERTAKEN = "overtaken"


LIVE = (OverrideStatus.PROPOSED, OverrideStatus.IN_FORCE)


class Override(Base, table=True):
    """That a risk is rated otherwise than its controls say, for a time.

    `basis` is what it rests on, as it was when it came into force: the method, the inherent and the computed rating,
    how each control stood. When any of it worsens, the override is overtaken.
    """

    __tablename__ = "risk_overrides"

    risk_id: UUID
    likelihood: int
    impact: int
    level: str
    reason: str
    expires_at: datetime = instant()
    status: str = OverrideStatus.PROPOSED
    proposed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approvals: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    basis: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    in_force_at: datetime | None = instant(default=None)
    ended_at: datetime | None = instant(default=None)
    ended_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    end_reason: str | None = None
