from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class AcceptanceStatus(StrEnum):
    """proposed → accepted by the owner → in force, at once where the owner has the authority alone.

    proposed or accepted → declined. in force ⇄ stale → proposed again. Each but the ended ones → revoked; in force and
    stale → expired or superseded.
    """

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_FORCE = "in_force"
    STALE = "stale"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


PENDING = frozenset({AcceptanceStatus.PROPOSED, AcceptanceStatus.ACCEPTED})
LIVE = PENDING | {AcceptanceStatus.IN_FORCE, AcceptanceStatus.STALE}


class StaleCode(StrEnum):
    """Why an acceptance is stale."""

    LEVEL_RISEN = "level_risen"
    METHOD_CHANGED_LEVEL = "method_changed_level"
    CONTROL_FAILING = "control_failing"
    OWNER_CHANGED = "owner_changed"


class Acceptance(Base, table=True):
    """A decision to retain a risk until `expires_at`.

    `frozen` is the risk as it was then, which is compared with what is so now. `decisions` are all that
    people decided, the oldest first, each with its round; a confirmation of a stale acceptance begins the next round.
    `due_at` is when the clock has something to say of it; `warned` are the days before the end that it has said.
    """

    __tablename__ = "acceptances"

    risk_id: UUID
    risk_code: str
    status: str = AcceptanceStatus.PROPOSED
    round: int = 1
    rationale: str
    compensating_control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    frozen: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    owner_id: UUID
    level: str
    approvers_needed: int
    approver_roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    proposed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    proposed_at: datetime = instant()
    decisions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    expires_at: datetime = instant()
    in_force_at: datetime | None = instant(default=None)
    stale_at: datetime | None = instant(default=None)
    stale_reasons: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    warned: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    due_at: datetime | None = instant(default=None)
    ended_at: datetime | None = instant(default=None)
    end_reason: str | None = None
