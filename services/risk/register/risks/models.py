from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base, Fact
from shared.data.base import Touches, instant


class Treatment(StrEnum):
    """What is done about a risk (ISO 31000: change it, stay away from it, share it).

    To retain one takes somebody's authority and an end date, which nothing here records: it is no word for a risk.
    """

    MITIGATE = "mitigate"
    AVOID = "avoid"
    TRANSFER = "transfer"


class Factor(StrEnum):
    """What a control lowers: preventive ones the likelihood, corrective ones the impact, as a rule."""

    LIKELIHOOD = "likelihood"
    IMPACT = "impact"


class Risk(Base, table=True):
    """What could happen, as rated without controls (inherent) and with those that work (residual)."""

    __tablename__ = "risks"
    __touches__ = Touches("id", when=frozenset({"inherent_likelihood", "inherent_impact", "category", "controls"}))

    code: str
    title: str
    scenario: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    category: str
    owner_id: UUID
    treatment: str
    controls: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
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
    rated_at: datetime = instant()

    def control_ids(self) -> list[UUID]:
        """The controls that answer the risk, each once, in the order in which it names them."""
        return [UUID(control_id) for control_id in dict.fromkeys(answer["control_id"] for answer in self.controls)]


class AnsweredBy(Fact, table=True):
    """Where a control is found in `Risk.controls`: row-level security keeps PostgreSQL from an index into JSON."""

    __tablename__ = "risk_answers"

    risk_id: UUID = Field(primary_key=True)
    control_id: UUID = Field(primary_key=True)
