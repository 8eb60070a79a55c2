from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import WITHHELD, instant


class LossScenarioStatus(StrEnum):
    """active → retired. A retired one is simulated no longer, and stays on record."""

    ACTIVE = "active"
    RETIRED = "retired"


class LossScenario(Base, table=True):
    """One way in which a risk leads to loss, with its estimate.

    `estimate_number` counts the estimates: a result of an earlier one is stale. `plan` is the estimate as it is drawn
    from, `expectation` what it amounts to on average, in minor units of the currency.
    """

    __tablename__ = "loss_scenarios"

    risk_id: UUID
    title: str
    currency: str
    estimate: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    rationale: str
    estimate_number: int = 1
    estimated_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    estimated_at: datetime = instant()
    plan: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    expectation: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    cautions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = LossScenarioStatus.ACTIVE
