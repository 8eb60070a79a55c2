from fastapi import Request, Response

from services.audit.sampling.sampling_policies import actions, queries
from services.audit.sampling.sampling_policies.schemas import SamplingPolicyOut, SamplingPolicyTerms
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, representation
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("sampling policy")


@routes.get("/v1/sampling-policy", permission=P.SAMPLING_POLICY_READ, response_model=SamplingPolicyOut, auditors=True)
async def get_sampling_policy(request: Request, read: Read) -> Response:
    """The policy in force: the firm's own, or the default while it has set none."""
    try:
        return await read.one(queries.policy, read.caller.org_id)
    except NotFound:
        return representation(request, queries.default_policy, 0)


@routes.put("/v1/sampling-policy", permission=P.SAMPLING_POLICY_WRITE, response_model=SamplingPolicyOut)
async def set_sampling_policy(terms: SamplingPolicyTerms, expected: ExpectedVersion, write: Write) -> Response:
    """Put a policy in force for the samples that are designed from now on."""
    await actions.set_policy(write.session, terms=terms, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.policy, write.caller.org_id)
