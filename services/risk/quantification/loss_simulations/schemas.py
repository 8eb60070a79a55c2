from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.loss_scenarios.schemas import LossExpectationOut
from services.risk.quantification.loss_simulations.models import SimulationKind
from shared.http.fields import ActedBy, Input, Title, once_each
from shared.money import MinorUnits

FEWEST_TRIALS, MOST_TRIALS = 1_000, 1_000_000
MOST_SCENARIOS = 200
LARGEST_SEED = 2**53 - 1  # what JavaScript keeps exactly

Trials = Annotated[int, Field(ge=FEWEST_TRIALS, le=MOST_TRIALS, description="How many years are simulated")]
Seed = Annotated[
    int | None,
    Field(ge=0, le=LARGEST_SEED, examples=[20260401], description="Of the random numbers; made when left out"),
]
ScenarioIds = Annotated[list[UUID], Field(min_length=1, max_length=MOST_SCENARIOS), AfterValidator(once_each)]


class LossSimulationDraft(Input):
    """Which scenarios are simulated together, and how. All have the same currency."""

    title: Title | None = Field(default=None, examples=["Board meeting, second quarter"])
    scenario_ids: ScenarioIds
    simulation: SimulationKind
    trials: Trials = 10_000
    seed: Seed = None
    tolerance: MinorUnits | None = Field(default=None, description="The loss of a year that is still tolerated")
    capacity: MinorUnits | None = Field(default=None, description="The loss of a year that can be borne at all")

    @model_validator(mode="after")
    def _tolerance_within_capacity(self) -> Self:
        if self.tolerance is not None and self.capacity is not None and self.tolerance > self.capacity:
            raise ValueError("tolerance is above capacity")
        return self


class LossPercentileOut(BaseModel):
    """The loss that a share of the years stays at or below (value at risk), with its 95 % interval."""

    probability: float = Field(examples=[0.95])
    amount: int
    low: int
    high: int


class LossTailOut(BaseModel):
    """The mean loss of the worst years (expected shortfall)."""

    probability: float = Field(examples=[0.95], description="The share of years that are not among them")
    amount: int


class LossPointOut(BaseModel):
    """A point of the loss exceedance curve."""

    amount: int
    probability: float = Field(description="The share of years whose loss is above the amount")


class LossFiguresOut(BaseModel):
    """What was simulated; amounts in minor units."""

    mean: int
    standard_error: int = Field(description="Of the mean, for this number of trials")
    standard_deviation: int
    percentiles: list[LossPercentileOut]
    tail_means: list[LossTailOut]
    probability_of_loss: float = Field(description="The share of years with any loss")
    above_tolerance: float | None = Field(description="The share of years whose loss is above the tolerance")
    above_capacity: float | None = Field(description="The share of years whose loss is above the capacity")
    curve: list[LossPointOut] = Field(max_length=200, description="Loss exceedance, from any loss on")


class PortfolioExpectationOut(BaseModel):
    """Of all scenarios together by calculation, without simulation; amounts in minor units."""

    annual_loss: int
    standard_deviation: int = Field(description="Of a year, in the simulation that was run")
    standard_error: int = Field(description="Of a simulated mean, for this number of trials")


class RerunAgreementOut(BaseModel):
    """How far a rerun agrees with the simulation that it repeats; amounts in minor units."""

    identical: bool = Field(description="Whether all figures are the same")
    mean_difference: int = Field(description="The mean of the rerun less that of the earlier simulation")
    tolerance: int = Field(description="Four standard errors of the difference of two independent simulations")
    within: bool = Field(description="Whether the difference is within the tolerance")


class LossSimulationOut(BaseModel):
    id: UUID
    title: str | None
    simulation: SimulationKind
    trials: int
    seed: int
    currency: str
    tolerance: int | None
    capacity: int | None
    scenario_ids: list[UUID]
    dependence: Literal["independent"] = Field(
        description="Scenarios are simulated as independent of each other: what makes several of them happen in the"
        " same year is not in the figures. A percentile of the portfolio is not the sum of those of its scenarios"
    )
    expectation: PortfolioExpectationOut
    figures: LossFiguresOut
    engine: int = Field(description="The version of the simulation; with another, a seed gives other numbers")
    numpy_version: str
    bit_generator: str
    reproducible: bool = Field(
        description="Whether this installation has the same engine, numpy and generator, so that a rerun on the same"
        " kind of machine gives the same figures"
    )
    not_reproducible_because: str | None = Field(description="Which versions it was simulated by, and which are here")
    rerun_of_id: UUID | None = Field(description="The simulation that it repeats")
    agreement: RerunAgreementOut | None = Field(description="How far it agrees with the simulation that it repeats")
    stale: bool = Field(description="Whether a scenario has another estimate by now, or is retired")
    simulated_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime


class LossResultOut(BaseModel):
    id: UUID
    simulation_id: UUID
    scenario_id: UUID
    risk_id: UUID
    title: str
    simulation: SimulationKind
    trials: int
    currency: str
    estimate: Estimate = Field(description="The estimate that was simulated")
    estimate_number: int
    expectation: LossExpectationOut
    figures: LossFiguresOut
    reproducible: bool = Field(description="As of its simulation")
    not_reproducible_because: str | None
    stale: bool = Field(description="Whether the scenario has another estimate by now, or is retired")
    version: int
    created_at: datetime
    updated_at: datetime


class SimulationInput(LossSimulationDraft):
    """What a job simulates: the request with its seed."""

    seed: int = Field(ge=0, le=LARGEST_SEED)
    rerun_of_id: UUID | None = None
