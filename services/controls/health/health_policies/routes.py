from fastapi import Request, Response

from services.controls.health.health_policies import actions, queries
from services.controls.health.health_policies.schemas import HealthPolicyOut, HealthPolicyTerms
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, representation
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("health policy")


@routes.get("/v1/health-policy", permission=P.CONTROLS_READ, response_model=HealthPolicyOut)
async def get_health_policy(request: Request, read: Read) -> Response:
    """The policy in force: the organisation's own, or the default while it has set none."""
    try:
        return await read.one(queries.policy, read.caller.org_id)
    except NotFound:
        return representation(request, queries.default_policy, 0)


@routes.put("/v1/health-policy", permission=P.HEALTH_POLICY_WRITE, response_model=HealthPolicyOut)
async def set_health_policy(terms: HealthPolicyTerms, expected: ExpectedVersion, write: Write) -> Response:
    """Put a policy in force. Controls that have missed occurrences are reassessed by it."""
    await actions.set_policy(write.session, terms=terms, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.policy, write.caller.org_id)
