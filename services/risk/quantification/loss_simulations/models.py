from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import WITHHELD


class SimulationKind(StrEnum):
    """How a year is simulated. Both have the same mean, and different tails.

    `product`: rate times loss of one event, so that no year is without a loss. `compound`: a random number of events
    (Poisson), each with a loss of its own, so that there are years without one.
    """

    PRODUCT = "product"
    COMPOUND = "compound"


class LossSimulation(Base, table=True):
    """A simulation as it was run. It is never changed; the database permits no change.

    With the same seed, engine, numpy version and bit generator on the same kind of machine, the numbers are the same.
    A rerun is of the estimates of an earlier simulation; `agreement` says how far both agree.
    `figures` and `expectation` are of the portfolio, in minor units of the currency.
    """

    __tablename__ = "loss_simulations"

    title: str | None = None
    simulation: str
    trials: int
    seed: int = Field(sa_type=BigInteger)
    currency: str
    rerun_of_id: UUID | None = None
    agreement: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    tolerance: int | None = Field(default=None, sa_column=Column(BigInteger, info=WITHHELD))
    capacity: int | None = Field(default=None, sa_column=Column(BigInteger, info=WITHHELD))
    scenario_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    expectation: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    engine: int
    numpy_version: str
    bit_generator: str
    simulated_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
