from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base


class AssessedRiskStatus(StrEnum):
    """untouched → rated → confirmed, once enough participants rated alike, or disputed → resolved."""

    UNTOUCHED = "untouched"
    RATED = "rated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RESOLVED = "resolved"


class DriftCode(StrEnum):
    """What moved of a risk since it was frozen."""

    CLOSED = "closed"
    METHOD = "method"
    INHERENT = "inherent"
    CURRENT = "current"
    TARGET = "target"
    CATEGORY = "category"
    OWNER = "owner"
    CONTROL_ADDED = "control_added"
    CONTROL_REMOVED = "control_removed"
    CONTROL_HEALTH = "control_health"


class AssessedRisk(Base, table=True):
    """A risk of a frozen scope.

    `frozen` is the risk as it was at the start, with the health of its controls. `ratings` are those of the
    participants, one each; `rater_ids` are all who have rated or resolved it at any time. `result` is the rating that
    was agreed, with what the controls left of it by their frozen health. At the completion `applied` says whether the
    result went to the register, and `drift` what had moved there.
    """

    __tablename__ = "assessed_risks"

    assessment_id: UUID
    risk_id: UUID
    risk_code: str
    risk_title: str
    category: str
    owner_id: UUID
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    frozen: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = AssessedRiskStatus.UNTOUCHED
    ratings: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    rater_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    resolution: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    applied: bool | None = None
    drift: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
