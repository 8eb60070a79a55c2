"""Running a simulation, in the request or as a job, and keeping what came of it."""

import secrets
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.quantification.loss_results.models import LossResult
from services.risk.quantification.loss_simulations.models import LossSimulation
from services.risk.quantification.loss_simulations.queries import facts_of, kept_facts
from services.risk.quantification.loss_simulations.rules import (
    MOST_DRAWS_AT_ONCE,
    ScenarioFacts,
    agreement_of,
    draws_of,
    faults_in,
    portfolio_expectation,
)
from services.risk.quantification.loss_simulations.schemas import LARGEST_SEED, LossSimulationDraft, SimulationInput
from services.risk.quantification.tasks import SIMULATING, SIMULATING_AT_ONCE, parts_of_simulation
from shared.children.pool import Children
from shared.children.task import ChildTask
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import found
from shared.data.sessions import instant_of, organisation_of
from shared.events.catalogue.quantification import LossesSimulated
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.problems import Fault, Invalid, NotFound

_NOTES = 50  # how often a job shows how far it is
_SIMULATED = 0.95  # of all the work, when all scenarios have been simulated


def seeded(draft: LossSimulationDraft) -> SimulationInput:
    """The request with a seed: its own, or one made now."""
    seed = secrets.randbelow(LARGEST_SEED) if draft.seed is None else draft.seed
    return SimulationInput.model_validate(draft.model_dump() | {"seed": seed})


async def scenarios_of(session: AsyncSession, given: LossSimulationDraft) -> list[ScenarioFacts]:
    """The scenarios of a request. `Invalid` where they cannot be simulated together, with the pointer of each."""
    found = await facts_of(session, given.scenario_ids)
    missing = [place for place, facts in enumerate(found) if facts is None]
    scenarios = [facts for facts in found if facts is not None]
    faults = [Fault(f"/scenario_ids/{place}", "There is no such loss scenario.") for place in missing]
    if faults := faults or faults_in(scenarios, given.simulation, given.trials):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
    return scenarios


async def rerun_of(session: AsyncSession, simulation_id: UUID) -> tuple[SimulationInput, list[ScenarioFacts]]:
    """What an earlier simulation was asked, with its seed, and its scenarios as they were then. `NotFound`."""
    earlier = await _earlier(session, simulation_id)
    asked = {name: getattr(earlier, name) for name in LossSimulationDraft.model_fields}
    given = SimulationInput.model_validate(asked | {"rerun_of_id": simulation_id})
    return given, await kept_facts(session, earlier)


def is_quick(scenarios: Sequence[ScenarioFacts], given: LossSimulationDraft) -> bool:
    """Whether the request can wait for it."""
    return draws_of(scenarios, given.simulation, given.trials) <= MOST_DRAWS_AT_ONCE


async def simulate(
    session: AsyncSession,
    children: Children,
    *,
    given: SimulationInput,
    scenarios: Sequence[ScenarioFacts],
    by: Actor,
    at: datetime,
) -> LossSimulation:
    """Simulate in the request's own transaction; `Busy` when too many wait."""
    org_id = organisation_of(session)
    parts = _parts(children, SIMULATING_AT_ONCE, org_id, given, scenarios)
    async with aclosing(parts):
        *results, portfolio = [part async for part in parts]
    return await keep(session, given, scenarios, results, portfolio, by=by, at=at)


async def simulate_as_job(work: Work[SimulationInput]) -> Concluded:
    """The simulation as a job, with its progress after every few scenarios."""
    given, results = work.input, []
    async with work.platform.database.transaction(work.org_id) as session:
        if given.rerun_of_id is None:
            scenarios = await scenarios_of(session, given)
        else:
            _, scenarios = await rerun_of(session, given.rerun_of_id)
    async with aclosing(_parts(work.platform.children, SIMULATING, work.org_id, given, scenarios)) as parts:
        async for part in parts:
            results.append(part)
            if len(results) % max(len(scenarios) // _NOTES, 1) == 0:
                await work.note(_SIMULATED * min(len(results) / len(scenarios), 1.0))

    async def kept(session: AsyncSession) -> Outcome:
        *each, portfolio = results
        simulation = await keep(session, given, scenarios, each, portfolio, by=work.by, at=instant_of(session))
        return Outcome(location=f"/v1/loss-simulations/{simulation.id}")

    return await work.conclude(kept)


LOSS_SIMULATION = Job("loss-simulation", SimulationInput, P.LOSSES_WRITE, simulate_as_job)


async def keep(
    session: AsyncSession,
    given: SimulationInput,
    scenarios: Sequence[ScenarioFacts],
    results: Sequence[dict[str, Any]],
    portfolio: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> LossSimulation:
    """Keep a simulation and the result of each scenario."""
    made_by = portfolio["made_by"]
    expectation, agreement = portfolio_expectation(scenarios, given.simulation, given.trials), None
    if given.rerun_of_id is not None:
        earlier = await _earlier(session, given.rerun_of_id)
        agreement = agreement_of(earlier.figures, portfolio["figures"], expectation)
    simulation = LossSimulation(
        **given.model_dump(),
        currency=scenarios[0].currency,
        agreement=agreement,
        expectation=expectation,
        figures=portfolio["figures"],
        engine=made_by["engine"],
        numpy_version=made_by["numpy"],
        bit_generator=made_by["bit_generator"],
        simulated_by=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(simulation)
    await session.flush()
    common = {"org_id": simulation.org_id, "simulation_id": simulation.id, "version": 1}
    rows = [
        {"id": new_id(), **common, **_columns(scenario), "figures": figures, "created_at": at, "updated_at": at}
        for scenario, figures in zip(scenarios, results, strict=True)
    ]
    await insert_rows(session, table_of(LossResult), rows)
    announce(session, LossesSimulated(**_event_fields(simulation)), about=simulation, by=by, at=at)
    return simulation


async def _earlier(session: AsyncSession, simulation_id: UUID) -> LossSimulation:
    earlier = await found(session, LossSimulation, simulation_id)
    if earlier is None:
        raise NotFound(f"There is no loss simulation {simulation_id}.")
    return earlier


def _parts(
    children: Children, task: ChildTask, org_id: UUID, given: SimulationInput, scenarios: Sequence[ScenarioFacts]
) -> Any:
    arguments = given.model_dump(mode="json", include={"simulation", "trials", "seed", "tolerance", "capacity"})
    plans = [{"id": str(scenario.id), "plan": scenario.plan} for scenario in scenarios]
    return parts_of_simulation(children, task, org_id, arguments, plans)


def _columns(scenario: ScenarioFacts) -> dict[str, Any]:
    names = ("risk_id", "title", "currency", "estimate", "estimate_number", "plan", "expectation")
    return {"scenario_id": scenario.id, **{name: getattr(scenario, name) for name in names}}


def _event_fields(simulation: LossSimulation) -> dict[str, Any]:
    names = (
        "title",
        "simulation",
        "trials",
        "seed",
        "currency",
        "scenario_ids",
        "rerun_of_id",
        "engine",
        "numpy_version",
    )
    return {name: getattr(simulation, name) for name in names}
