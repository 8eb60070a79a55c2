from uuid import UUID

from fastapi import Response

from services.risk.quantification.loss_scenarios import actions, queries
from services.risk.quantification.loss_scenarios.schemas import (
    LossScenarioDraft,
    LossScenarioOut,
    LossScenarioRetirement,
    LossScenarioRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("loss scenarios")


routes.list(
    "list_loss_scenarios",
    "/v1/loss-scenarios",
    queries.loss_scenarios,
    LossScenarioOut,
    permission=P.LOSSES_READ,
    description="The organisation's loss scenarios with what their estimates amount to, oldest first.",
)


routes.one(
    "get_loss_scenario",
    "/v1/loss-scenarios/{scenario_id}",
    queries.loss_scenario,
    LossScenarioOut,
    permission=P.LOSSES_READ,
    description="One loss scenario: its estimate, the mean of each range, and the newest result.",
)


@routes.post(
    "/v1/risks/{risk_id}/loss-scenarios",
    permission=P.LOSSES_WRITE,
    status_code=201,
    response_model=LossScenarioOut,
    refuses=(NotFound,),
)
async def estimate_loss_scenario(risk_id: UUID, draft: LossScenarioDraft, write: Write) -> Response:
    """Estimate one way in which a risk leads to loss. What the estimate amounts to is answered without simulation.

    FAIR-style, not certified. A factor that is entered has no factors below it. A range that is no distribution is
    refused with the pointer of the member that is wrong.
    """
    scenario = await actions.estimate(write.session, risk_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.loss_scenario, scenario.id, f"/v1/loss-scenarios/{scenario.id}")


@routes.patch(
    "/v1/loss-scenarios/{scenario_id}",
    permission=P.LOSSES_WRITE,
    response_model=LossScenarioOut,
    refuses=(NotFound,),
)
async def revise_loss_scenario(
    scenario_id: UUID, revision: LossScenarioRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change the title or the estimate of a scenario. Results of an earlier estimate are stale from then on."""
    await actions.revise(
        write.session, scenario_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.loss_scenario, scenario_id)


@routes.post(
    "/v1/loss-scenarios/{scenario_id}/retirements",
    permission=P.LOSSES_WRITE,
    response_model=LossScenarioOut,
    refuses=(NotFound,),
)
async def retire_loss_scenario(scenario_id: UUID, retirement: LossScenarioRetirement, write: Write) -> Response:
    """Have a scenario simulated no longer, with a reason. It stays on record with its results."""
    await actions.retire(write.session, scenario_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.loss_scenario, scenario_id)
