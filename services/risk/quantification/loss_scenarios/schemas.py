from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.quantification.estimates.schemas import Estimate
from services.risk.quantification.loss_scenarios.models import LossScenarioStatus
from shared.http.fields import ActedBy, Input, Prose, Title
from shared.money import Currency


class CautionCode(StrEnum):
    """What to know of an estimate before its figures are relied on."""

    HEAVY_TAIL = "heavy_tail"


class LossScenarioDraft(Input):
    """How a risk leads to loss, with the ranges that somebody estimates and why these."""

    title: Title = Field(examples=["Former employee copies the customer database"])
    currency: Currency
    estimate: Estimate
    rationale: Prose = Field(
        description="Where the ranges come from", examples=["Incidents of 2021 to 2025; fines as in published cases."]
    )


class LossScenarioRevision(Input):
    """What to change; members left out stay as they are. Another estimate needs its rationale."""

    title: Title | None = None
    estimate: Estimate | None = None
    rationale: Prose | None = Field(default=None, description="Required with `estimate`")


class LossScenarioRetirement(Input):
    """Why it is simulated no longer."""

    reason: Prose = Field(examples=["The database was decommissioned."])


class LossExpectationOut(BaseModel):
    """What the estimate amounts to by calculation, without simulation; amounts in minor units."""

    annual_loss: int = Field(description="The mean loss of a year (annualised loss expectancy)")
    loss_event_frequency: float | None = Field(description="Events a year on average; null where not estimated")
    loss_magnitude: int | None = Field(description="The mean loss of one event; null where not estimated")
    susceptibility: float | None = Field(description="The mean probability that a threat event is a loss event")
    product_deviation: int = Field(description="The standard deviation of a year in the simulation `product`")
    compound_deviation: int = Field(description="The standard deviation of a year in the simulation `compound`")
    means: dict[str, float] = Field(
        description="The mean of each range by its pointer in `estimate`",
        examples=[{"/loss_event_frequency/estimate": 0.68}],
    )


class CautionOut(BaseModel):
    """What to know of one range before the figures are relied on."""

    code: CautionCode
    pointer: str = Field(description="The range in `estimate`")
    detail: str


class LatestResultOut(BaseModel):
    """The newest simulation of the scenario."""

    id: UUID = Field(description="Of the loss result")
    simulation_id: UUID
    estimate_number: int
    mean: int = Field(description="The simulated mean loss of a year, in minor units")
    simulated_at: datetime
    stale: bool = Field(description="Whether the scenario has another estimate by now")


class LossScenarioOut(BaseModel):
    id: UUID
    risk_id: UUID
    title: str
    currency: str
    estimate: Estimate
    rationale: str
    estimate_number: int = Field(description="Counts the estimates, from 1")
    estimated_by: ActedBy
    estimated_at: datetime
    expectation: LossExpectationOut
    cautions: list[CautionOut]
    status: LossScenarioStatus
    latest_result: LatestResultOut | None = Field(description="Null while it has not been simulated")
    version: int
    created_at: datetime
    updated_at: datetime
