from fastapi import Request, Response

from services.controls.issues.issue_policies import actions, queries
from services.controls.issues.issue_policies.schemas import IssuePolicyOut, IssuePolicyTerms
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, representation
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("issue policy")


@routes.get("/v1/issue-policy", permission=P.ISSUES_READ, response_model=IssuePolicyOut)
async def get_issue_policy(request: Request, read: Read) -> Response:
    """The policy in force: the organisation's own, or the default while it has set none."""
    try:
        return await read.one(queries.policy, read.caller.org_id)
    except NotFound:
        return representation(request, queries.default_policy, 0)


@routes.put("/v1/issue-policy", permission=P.ISSUE_POLICY_WRITE, response_model=IssuePolicyOut)
async def set_issue_policy(terms: IssuePolicyTerms, expected: ExpectedVersion, write: Write) -> Response:
    """Put a policy in force. Due dates that were given stay as they are."""
    await actions.set_policy(write.session, terms=terms, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.policy, write.caller.org_id)
