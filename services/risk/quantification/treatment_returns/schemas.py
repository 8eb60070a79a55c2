from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.loss_simulations.schemas import FEWEST_TRIALS, Seed
from shared.http.fields import ActedBy, Input, Title
from shared.money import MOST_MINOR_UNITS, Currency

MOST_CHANGES = 10
_MOST_TRIALS = 20_000

YearlyCost = Annotated[
    int,
    Field(
        gt=0,
        le=MOST_MINOR_UNITS,
        examples=[4_000_000],
        description="What the treatment costs a year in minor units, with its investment spread over its life; above 0",
    ),
]


class ChangedScenario(Input):
    """A scenario, and its estimate with the treatment in place."""

    scenario_id: UUID
    after: Estimate


class TreatmentReturnDraft(Input):
    """A treatment, what it costs, and the estimates that it changes."""

    title: Title = Field(examples=["Access ends with employment, by the HR system"])
    yearly_cost: YearlyCost
    currency: Currency
    changes: list[ChangedScenario] = Field(min_length=1, max_length=MOST_CHANGES)
    trials: int = Field(default=10_000, ge=FEWEST_TRIALS, le=_MOST_TRIALS)
    seed: Seed = None


class ChangedScenarioOut(BaseModel):
    """A scenario with the estimate it had, and the one with the treatment."""

    scenario_id: UUID
    title: str
    estimate_number: int
    before: Estimate
    after: Estimate
    before_annual_loss: int = Field(description="The mean loss of a year by calculation, in minor units")
    after_annual_loss: int


class ExpectedReturnOut(BaseModel):
    """By calculation, without simulation; amounts in minor units, a year."""

    before: int
    after: int
    reduction: int
    net_benefit: int = Field(description="Reduction less yearly cost; negative when it does not pay")
    return_on_cost: float = Field(description="Net benefit for each unit of cost: 0.5 is fifty per cent")


class MeanLossOut(BaseModel):
    """A simulated mean of a year with its standard error and its 95 % interval, in minor units."""

    mean: int
    standard_error: int
    low: int
    high: int


class ReductionOut(MeanLossOut):
    """The difference of each trial, before less after, both from the same random numbers."""

    unpaired_standard_error: int = Field(description="What it would be with random numbers of their own")


class ReturnFiguresOut(BaseModel):
    """By simulation (`product`), in minor units a year."""

    before: MeanLossOut
    after: MeanLossOut
    reduction: ReductionOut
    net_benefit: MeanLossOut
    probability_of_paying: float = Field(description="The share of trials in which the reduction is at least the cost")


class TreatmentReturnOut(BaseModel):
    id: UUID
    title: str
    currency: str
    yearly_cost: int
    trials: int
    seed: int
    scenario_ids: list[UUID]
    changes: list[ChangedScenarioOut]
    expectation: ExpectedReturnOut
    figures: ReturnFiguresOut
    engine: int
    numpy_version: str
    bit_generator: str
    reproducible: bool = Field(description="Whether this installation has the same engine, numpy and generator")
    not_reproducible_because: str | None = Field(description="Which versions it was simulated by, and which are here")
    stale: bool = Field(description="Whether a scenario has another estimate by now, or is retired")
    compared_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
