from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import exists, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.quantification.engines.queries import is_reproducible, why_not_reproducible
from services.risk.quantification.loss_results.models import LossResult
from services.risk.quantification.loss_scenarios.models import LossScenario, LossScenarioStatus
from services.risk.quantification.loss_simulations.models import LossSimulation, SimulationKind
from services.risk.quantification.loss_simulations.rules import ScenarioFacts
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_L = table_of(LossSimulation).c
_R = table_of(LossResult).c
_S = table_of(LossScenario).c

_CHANGED = or_(_S.estimate_number != _R.estimate_number, _S.status == LossScenarioStatus.RETIRED.value)
_STALE = exists().where(_R.simulation_id == _L.id, _S.id == _R.scenario_id, _CHANGED)

_SIMULATION = select(
    _L.id,
    _L.title,
    _L.simulation,
    _L.trials,
    _L.seed,
    _L.currency,
    _L.tolerance,
    _L.capacity,
    _L.scenario_ids,
    literal_column("'independent'").label("dependence"),
    _L.expectation,
    _L.figures,
    _L.engine,
    _L.numpy_version,
    _L.bit_generator,
    is_reproducible(_L).label("reproducible"),
    why_not_reproducible(_L).label("not_reproducible_because"),
    _L.rerun_of_id,
    _L.agreement,
    _STALE.label("stale"),
    _L.simulated_by,
    _L.version,
    _L.created_at,
    _L.updated_at,
)
_RESULT = (
    select(
        _R.id,
        _R.simulation_id,
        _R.scenario_id,
        _R.risk_id,
        _R.title,
        _L.simulation,
        _L.trials,
        _R.currency,
        _R.estimate,
        _R.estimate_number,
        _R.expectation,
        _R.figures,
        is_reproducible(_L).label("reproducible"),
        why_not_reproducible(_L).label("not_reproducible_because"),
        _CHANGED.label("stale"),
        _R.version,
        _R.created_at,
        _R.updated_at,
    )
    .join_from(table_of(LossResult), table_of(LossSimulation), _L.id == _R.simulation_id)
    .join(table_of(LossScenario), _S.id == _R.scenario_id)
)

loss_simulation = One("loss simulation", _SIMULATION, by=_L.id)
loss_result = One("loss result", _RESULT, by=_R.id)


class LossSimulationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    simulation: SimulationKind | None = None
    scenario_id: Annotated[
        UUID | None, Where(lambda value: _L.id.in_(select(_R.simulation_id).where(_R.scenario_id == value)))
    ] = Field(default=None, description="Those that a scenario was part of")
    rerun_of_id: UUID | None = Field(default=None, description="Reruns of a simulation")
    reproducible: bool | None = None
    stale: bool | None = None
    updated_since: UpdatedSince = None


class LossResultQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    simulation_id: UUID | None = None
    scenario_id: UUID | None = None
    risk_id: UUID | None = None
    stale: bool | None = None
    updated_since: UpdatedSince = None


loss_simulations = Listing(_SIMULATION, id=_L.id, query=LossSimulationQuery)
loss_results = Listing(_RESULT, id=_R.id, query=LossResultQuery)


async def facts_of(session: AsyncSession, scenario_ids: Sequence[UUID]) -> list[ScenarioFacts | None]:
    """The scenarios of these ids in this order; None where there is none."""
    rows = await session.scalars(select(LossScenario).where(among(_S.id, scenario_ids)))
    known = {
        row.id: ScenarioFacts(
            row.id,
            row.risk_id,
            row.title,
            row.currency,
            row.status == LossScenarioStatus.ACTIVE,
            row.estimate,
            row.estimate_number,
            row.plan,
            row.expectation,
        )
        for row in rows
    }
    return [known.get(key) for key in scenario_ids]


async def kept_facts(session: AsyncSession, simulation: LossSimulation) -> list[ScenarioFacts]:
    """The scenarios of a simulation as they were then, in its order: a rerun is of these, retired by now or not."""
    results = await session.scalars(select(LossResult).where(_R.simulation_id == simulation.id))
    kept = {
        row.scenario_id: ScenarioFacts(
            row.scenario_id,
            row.risk_id,
            row.title,
            row.currency,
            active=True,
            estimate=row.estimate,
            estimate_number=row.estimate_number,
            plan=row.plan,
            expectation=row.expectation,
        )
        for row in results
    }
    return [kept[key] for key in simulation.scenario_ids]
