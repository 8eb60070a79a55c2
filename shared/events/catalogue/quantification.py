"""What the risk service announces of estimated and simulated losses. Amounts are minor units of the currency."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutLossScenario(Event):
    """Every event about a loss scenario says of which risk it is, and the mean annual loss of its estimate."""

    risk_id: UUID
    title: str
    currency: str
    estimate_number: int
    expected_annual_loss: int


class LossScenarioEstimated(AboutLossScenario):
    """A loss scenario was estimated, for the first time or anew; results of an earlier estimate are stale."""

    name: ClassVar[str] = "risk.loss_scenario.estimated"


class LossScenarioRevised(AboutLossScenario):
    """The wording of a loss scenario changed, and not its estimate."""

    name: ClassVar[str] = "risk.loss_scenario.revised"


class LossScenarioRetired(AboutLossScenario):
    """A loss scenario is simulated no longer."""

    name: ClassVar[str] = "risk.loss_scenario.retired"


class LossesSimulated(Event):
    """Losses were simulated; the mean is that of a year of all scenarios together."""

    name: ClassVar[str] = "risk.loss_simulation.completed"

    title: str | None
    simulation: str
    trials: int
    seed: int
    currency: str
    scenario_ids: list[UUID]
    engine: int
    numpy_version: str
    mean: int


class TreatmentReturnCompared(Event):
    """Losses before and after a treatment were compared with what it costs a year."""

    name: ClassVar[str] = "risk.treatment_return.compared"

    title: str
    currency: str
    yearly_cost: int
    scenario_ids: list[UUID]
    reduction: int
