from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import Touches, instant


class Strategy(StrEnum):
    """What a treatment does about a risk (ISO 31000). To retain a risk is an acceptance and needs no plan."""

    MITIGATE = "mitigate"
    AVOID = "avoid"
    TRANSFER = "transfer"


class TreatmentStatus(StrEnum):
    """draft → proposed → approved → in progress → done → verified → closed.

    proposed → draft when it is returned, done → in progress when its effect is not shown. Each but closed → cancelled.
    """

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    CLOSED = "closed"
    CANCELLED = "cancelled"


PENDING = frozenset({TreatmentStatus.DRAFT, TreatmentStatus.PROPOSED})
# Under way: approved and neither closed nor cancelled. A risk is treated by these.
LIVE = frozenset(
    {TreatmentStatus.APPROVED, TreatmentStatus.IN_PROGRESS, TreatmentStatus.DONE, TreatmentStatus.VERIFIED}
)


class Treatment(Base, table=True):
    """A plan to treat a risk.

    `frozen` is the risk as it was when the plan was last proposed. `decisions` are all that people decided, the oldest
    first, each with its round; each proposal begins the next round. Costs are sums over the actions, in minor units
    of `currency`. `due_at` is when the clock has something to say; `warned` are the days before the due day that it
    has said, and `overdue_told_for` the due day that was announced as missed.
    """

    __tablename__ = "treatments"
    __touches__ = Touches("risk_id", when=frozenset({"approved_at", "ended_at"}))

    risk_id: UUID
    risk_code: str
    title: str
    strategy: str
    rationale: str
    status: str = TreatmentStatus.DRAFT
    owner_id: UUID | None = None
    due_on: date | None = None
    target_likelihood: int | None = None
    target_impact: int | None = None
    controls: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    return_id: UUID | None = None
    currency: str | None = None
    planned_cost: int = Field(default=0, sa_type=BigInteger)
    planned_yearly_cost: int = Field(default=0, sa_type=BigInteger)
    actual_cost: int = Field(default=0, sa_type=BigInteger)
    action_counts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    round: int = 0
    frozen: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    level: str | None = None
    approvers_needed: int = 0
    approver_roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    proposed_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    proposed_at: datetime | None = instant(default=None)
    decisions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    approved_at: datetime | None = instant(default=None)
    started_at: datetime | None = instant(default=None)
    done_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    done_at: datetime | None = instant(default=None)
    done_note: str | None = None
    verified_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    verified_at: datetime | None = instant(default=None)
    verification_note: str | None = None
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    warned: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    overdue_told_for: date | None = None
    due_at: datetime | None = instant(default=None)
    ended_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    ended_at: datetime | None = instant(default=None)
    end_reason: str | None = None

    @property
    def target(self) -> tuple[int, int] | None:
        """The likelihood and impact that the plan aims at, if it says so yet."""
        if self.target_likelihood is None or self.target_impact is None:
            return None
        return self.target_likelihood, self.target_impact

    def control_ids(self) -> list[UUID]:
        """The controls that the plan implements, each once."""
        return list(dict.fromkeys(UUID(each["control_id"]) for each in self.controls))
