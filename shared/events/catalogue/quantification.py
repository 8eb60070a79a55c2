"""What the risk service announces of estimated and simulated losses. No event says an amount."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutLossScenario(Event):
    """Every event about a loss scenario says of which risk it is, and which of its estimates counts."""

    risk_id: UUID
    title: str
    currency: str
    estimate_number: int


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
    """The losses of one or more scenarios were simulated."""

    name: ClassVar[str] = "risk.loss_simulation.completed"

    title: str | None
    simulation: str
    trials: int
    seed: int
    currency: str
    scenario_ids: list[UUID]
    engine: int
    numpy_version: str
    rerun_of_id: UUID | None = None


class TreatmentReturnCompared(Event):
    """Losses before and after a treatment were compared with what it costs a year."""

    name: ClassVar[str] = "risk.treatment_return.compared"

    title: str
    currency: str
    scenario_ids: list[UUID]
