from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import WITHHELD


class TreatmentReturn(Base, table=True):
    """Scenarios as estimated now and as they would be with a treatment. It is never changed.

    `changes` are the scenarios with both estimates; amounts are in minor units of the currency.
    """

    __tablename__ = "treatment_returns"

    title: str
    currency: str
    yearly_cost: int = Field(sa_column=Column(BigInteger, nullable=False, info=WITHHELD))
    trials: int
    seed: int = Field(sa_type=BigInteger)
    scenario_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    changes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    expectation: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    engine: int
    numpy_version: str
    bit_generator: str
    compared_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
