from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Fact
from shared.clock import new_id
from shared.data.base import instant


class PastRating(Fact, table=True):
    """A rating as it was found once, and why. Rows are added and never changed; the database permits no more."""

    __tablename__ = "ratings"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    risk_id: UUID
    rated_at: datetime = instant()
    rated_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str
    inherent_likelihood: int
    inherent_impact: int
    inherent_level: str
    residual_likelihood: int
    residual_impact: int
    residual_level: str
    level_rank: int
    appetite: str
    within_appetite: bool
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    method_version: int
