from typing import Any
from uuid import UUID

from fastapi import Response

from services.risk.quantification.loss_simulations import actions, queries
from services.risk.quantification.loss_simulations.schemas import (
    LossResultOut,
    LossSimulationDraft,
    LossSimulationOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import Busy, LimitExceeded, NotFound

routes = Routes("loss simulations")

_JOB: dict[int | str, dict[str, Any]] = {202: {"model": JobOut, "description": "The job that simulates them"}}


routes.list(
    "list_loss_simulations",
    "/v1/loss-simulations",
    queries.loss_simulations,
    LossSimulationOut,
    permission=P.LOSSES_READ,
    description="The simulations that were run, newest first. `stale` says whether an estimate has changed since.",
)


routes.one(
    "get_loss_simulation",
    "/v1/loss-simulations/{simulation_id}",
    queries.loss_simulation,
    LossSimulationOut,
    permission=P.LOSSES_READ,
    description="One simulation with the figures of the portfolio. Those of each scenario are loss results.",
)


@routes.post(
    "/v1/loss-simulations",
    permission=P.LOSSES_WRITE,
    status_code=201,
    response_model=LossSimulationOut,
    responses=_JOB,
    refuses=(TooManyJobs, Busy, LimitExceeded),
)
async def simulate_losses(draft: LossSimulationDraft, write: Write, prefer: Prefer = None) -> Response:
    """Simulate years of one or more scenarios, and keep what came of it.

    Answered with the figures, or by 202 with a job: when that is preferred, and whenever about five million random
    numbers or more are needed (100 scenarios of frequency and magnitude with 10,000 trials need three million). The
    figures of a kept simulation are never computed anew; the same seed for the same estimates gives the same ones.
    """
    scenarios = await actions.scenarios_of(write.session, draft)
    given = actions.seeded(draft)
    if prefers_a_job(prefer) or not actions.is_quick(scenarios, given):
        return await start(write, actions.LOSS_SIMULATION, given)
    children, by = write.platform.children, write.caller.actor
    simulation = await actions.simulate(write.session, children, given=given, scenarios=scenarios, by=by, at=write.at)
    return await write.created(queries.loss_simulation, simulation.id, f"/v1/loss-simulations/{simulation.id}")


@routes.post(
    "/v1/loss-simulations/{simulation_id}/reruns",
    permission=P.LOSSES_WRITE,
    status_code=201,
    response_model=LossSimulationOut,
    responses=_JOB,
    refuses=(NotFound, TooManyJobs, Busy, LimitExceeded),
)
async def rerun_loss_simulation(simulation_id: UUID, write: Write, prefer: Prefer = None) -> Response:
    """Simulate the same estimates, trials and seed again, by the versions of now, and keep that as a new simulation.

    `agreement` says whether the figures are the same, and otherwise whether both agree. The earlier one stays.
    """
    given, scenarios = await actions.rerun_of(write.session, simulation_id)
    if prefers_a_job(prefer) or not actions.is_quick(scenarios, given):
        return await start(write, actions.LOSS_SIMULATION, given)
    children, by = write.platform.children, write.caller.actor
    simulation = await actions.simulate(write.session, children, given=given, scenarios=scenarios, by=by, at=write.at)
    return await write.created(queries.loss_simulation, simulation.id, f"/v1/loss-simulations/{simulation.id}")


routes.list(
    "list_loss_results",
    "/v1/loss-results",
    queries.loss_results,
    LossResultOut,
    permission=P.LOSSES_READ,
    description="What simulations found for each scenario, newest first: of one simulation, scenario or risk.",
)


routes.one(
    "get_loss_result",
    "/v1/loss-results/{result_id}",
    queries.loss_result,
    LossResultOut,
    permission=P.LOSSES_READ,
    description="What a simulation found for one scenario.",
)
