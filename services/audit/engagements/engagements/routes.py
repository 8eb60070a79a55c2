from uuid import UUID

from fastapi import Response

from services.audit.engagements.engagements import actions, queries
from services.audit.engagements.engagements.schemas import (
    EngagementDraft,
    EngagementOut,
    EngagementRevision,
    ScopedControlOut,
    ScopeSetting,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("engagements")


routes.list(
    "list_engagements",
    "/v1/engagements",
    queries.engagements,
    EngagementOut,
    permission=P.ENGAGEMENTS_READ,
    description="The engagements that the organisation has proposed, and those that are proposed to it as a firm.",
    auditors=True,
)


routes.one(
    "get_engagement",
    "/v1/engagements/{engagement_id}",
    queries.engagement,
    EngagementOut,
    permission=P.ENGAGEMENTS_READ,
    description="One engagement.",
    auditors=True,
)


@routes.post("/v1/engagements", permission=P.ENGAGEMENTS_WRITE, status_code=201, response_model=EngagementOut)
async def plan_engagement(draft: EngagementDraft, write: Write) -> Response:
    """Plan an engagement: for a date, over a period, or with audit days. Set its scope next, and propose it."""
    engagement = await actions.plan(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.engagement, engagement.id, f"/v1/engagements/{engagement.id}")


@routes.patch(
    "/v1/engagements/{engagement_id}",
    permission=P.ENGAGEMENTS_WRITE,
    response_model=EngagementOut,
    refuses=(NotFound,),
)
async def revise_engagement(
    engagement_id: UUID, revision: EngagementRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what is agreed, before fieldwork."""
    await actions.revise(
        write.session, engagement_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.engagement, engagement_id)


routes.list(
    "list_scope",
    "/v1/engagements/{engagement_id}/scope",
    queries.scope,
    ScopedControlOut,
    permission=P.ENGAGEMENTS_READ,
    description="The controls that the engagement examines, with what is known here of each.",
    parent=queries.engagement,
    auditors=True,
)


@routes.put(
    "/v1/engagements/{engagement_id}/scope",
    permission=P.ENGAGEMENTS_WRITE,
    response_model=EngagementOut,
    refuses=(NotFound, actions.ScopeFrozen),
)
async def set_scope(engagement_id: UUID, scope: ScopeSetting, expected: ExpectedVersion, write: Write) -> Response:
    """Say which controls are examined, and of which assets; from fieldwork on the scope is frozen.

    If-Match is the engagement's ETag.
    """
    await actions.set_scope(
        write.session,
        engagement_id,
        control_ids=scope.control_ids,
        asset_ids=scope.asset_ids,
        expected=expected,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.engagement, engagement_id)
