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
    """A rating as it was found once, and why. Rows are added and never changed; the database permits no more.

    `assessment_id` is the assessment that found the inherent rating.
    """

    __tablename__ = "ratings"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    risk_id: UUID
    rated_at: datetime = instant()
    rated_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str
    assessment_id: UUID | None = None
    inherent_likelihood: int
    inherent_impact: int
    inherent_level: str
    computed_likelihood: int
    computed_impact: int
    computed_level: str
    override_id: UUID | None = None
    current_likelihood: int
    current_impact: int
    current_level: str
    target_likelihood: int | None = None
    target_impact: int | None = None
    target_level: str | None = None
    level_rank: int
    appetite: str
    tolerance: str
    capacity: str
    standing: str
    within_appetite: bool
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    method_number: int
