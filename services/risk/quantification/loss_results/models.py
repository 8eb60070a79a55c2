from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base


class LossResult(Base, table=True):
    """The simulated losses of one scenario, in a simulation. It is never changed; the database permits no change.

    `estimate` and `plan` are the scenario's at the time; amounts in `figures` are in minor units of the currency.
    """

    __tablename__ = "loss_results"

    simulation_id: UUID
    scenario_id: UUID
    risk_id: UUID
    title: str
    currency: str
    estimate: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    estimate_number: int
    plan: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    expectation: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
