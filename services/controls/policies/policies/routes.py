from uuid import UUID

from fastapi import Response

from services.controls.days import day_of
from services.controls.policies.policies import actions, queries
from services.controls.policies.policies.schemas import PolicyDraft, PolicyOut, PolicyRetirement, PolicyRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import CodeTaken, NotFound

routes = Routes("policies")


routes.list(
    "list_policies",
    "/v1/policies",
    queries.policies,
    PolicyOut,
    permission=P.POLICIES_READ,
    description="The organisation's policies.",
    auditors=True,
)


routes.one(
    "get_policy",
    "/v1/policies/{policy_id}",
    queries.policy,
    PolicyOut,
    permission=P.POLICIES_READ,
    description="One policy; its texts are its versions.",
    auditors=True,
)


@routes.post(
    "/v1/policies",
    permission=P.POLICIES_WRITE,
    status_code=201,
    response_model=PolicyOut,
    refuses=(CodeTaken, *PERSON_REFUSALS),
)
async def write_policy(draft: PolicyDraft, write: Write) -> Response:
    """Put a policy down, before its first version."""
    policy = await actions.write(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.policy, policy.id, f"/v1/policies/{policy.id}", as_of=day_of(write.at))


@routes.patch(
    "/v1/policies/{policy_id}",
    permission=P.POLICIES_WRITE,
    response_model=PolicyOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_policy(policy_id: UUID, revision: PolicyRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change what is said of a policy, and what it supports."""
    await actions.revise(
        write.session, policy_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.policy, policy_id, as_of=day_of(write.at))


@routes.post(
    "/v1/policies/{policy_id}/retirements", permission=P.POLICIES_APPROVE, response_model=PolicyOut, refuses=(NotFound,)
)
async def retire_policy(policy_id: UUID, retirement: PolicyRetirement, write: Write) -> Response:
    """End a policy without another in its place."""
    await actions.retire(write.session, policy_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.policy, policy_id, as_of=day_of(write.at))
