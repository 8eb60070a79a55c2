from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.quantification.loss_simulations.models import SimulationKind
from services.risk.quantification.loss_simulations.schemas import LossPointOut
from shared.money import Decimals


class CurveSeries(BaseModel):
    """The curve of one simulation, or of one scenario in it."""

    id: UUID
    label: str = Field(examples=["Board meeting (compound, 10,000 trials)"])
    simulation: SimulationKind
    trials: int
    mean: int
    above_tolerance: float | None
    above_capacity: float | None
    points: list[LossPointOut] = Field(max_length=200)


class LossCurve(BaseModel):
    """One or two curves on the same axes. Amounts are in minor units."""

    title: str
    currency: str
    decimals: Decimals
    tolerance: int | None
    capacity: int | None
    series: list[CurveSeries] = Field(min_length=1, max_length=2)
