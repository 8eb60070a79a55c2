from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.days import Day, day_of
from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.policies.policies import actions, queries
from services.controls.policies.policies.models import PolicyStatus
from services.controls.policies.policies.schemas import PolicyDraft, PolicyOut, PolicyRetirement, PolicyRevision
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("policies")

AsOf = Annotated[Day | None, Query(description="Reviews overdue as of this day in UTC; today when left out")]


@routes.get("/v1/policies", permission=P.POLICIES_READ, response_model=Page[PolicyOut])
async def list_policies(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code",
    status: PolicyStatus | None = None,
    owner: Annotated[Owner | None, Query()] = None,
    control_id: Annotated[UUID | None, Query(description="Those that support this control")] = None,
    requirement: Annotated[RequirementRef | None, Query()] = None,
    review_overdue: bool | None = None,
    as_of: AsOf = None,
    q: Annotated[Search | None, Query(description="In code and title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's policies."""
    return await read.page(
        queries.policies,
        PageRequest(limit, cursor, sort),
        as_of=as_of or day_of(now()),
        status=status,
        owner=owner,
        control_id=control_id,
        requirement=requirement,
        review_overdue=review_overdue,
        q=q,
        updated_since=updated_since,
    )


@routes.get("/v1/policies/{policy_id}", permission=P.POLICIES_READ, response_model=PolicyOut, refuses=(NotFound,))
async def get_policy(policy_id: UUID, read: Read, as_of: AsOf = None) -> Response:
    """One policy; its texts are its versions."""
    return await read.one(queries.policy, policy_id, as_of=as_of or day_of(now()))


@routes.post(
    "/v1/policies",
    permission=P.POLICIES_WRITE,
    status_code=201,
    response_model=PolicyOut,
    refuses=(actions.PolicyCodeTaken,),
)
async def write_policy(draft: PolicyDraft, write: Write) -> Response:
    """Put a policy down, before its first version."""
    policy = await actions.write(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.policy, policy.id, f"/v1/policies/{policy.id}", as_of=day_of(write.at))


@routes.patch("/v1/policies/{policy_id}", permission=P.POLICIES_WRITE, response_model=PolicyOut, refuses=(NotFound,))
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
