from uuid import UUID

from fastapi import Response

from services.audit.engagements.engagements import actions, queries
from services.audit.engagements.engagements.schemas import (
    EngagementDraft,
    EngagementOut,
    EngagementRevision,
    PhaseMove,
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
    description="The organisation's engagements.",
)


routes.one(
    "get_engagement",
    "/v1/engagements/{engagement_id}",
    queries.engagement,
    EngagementOut,
    permission=P.ENGAGEMENTS_READ,
    description="One engagement.",
)


@routes.post("/v1/engagements", permission=P.ENGAGEMENTS_WRITE, status_code=201, response_model=EngagementOut)
async def plan_engagement(draft: EngagementDraft, write: Write) -> Response:
    """Take on an engagement with a CPA firm or certification body: for a date, over a period, or with audit days."""
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
    """Change what was agreed, while the engagement is planned."""
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
)


@routes.put(
    "/v1/engagements/{engagement_id}/scope",
    permission=P.ENGAGEMENTS_WRITE,
    response_model=EngagementOut,
    refuses=(NotFound, actions.ScopeFrozen),
)
async def set_scope(engagement_id: UUID, scope: ScopeSetting, expected: ExpectedVersion, write: Write) -> Response:
    """Say which controls are examined; from fieldwork on the scope is frozen. If-Match is the engagement's ETag."""
    await actions.set_scope(
        write.session,
        engagement_id,
        control_ids=scope.control_ids,
        expected=expected,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.engagement, engagement_id)


@routes.post(
    "/v1/engagements/{engagement_id}/phases",
    permission=P.ENGAGEMENTS_WRITE,
    response_model=EngagementOut,
    refuses=(NotFound,),
)
async def move_engagement(engagement_id: UUID, move: PhaseMove, write: Write) -> Response:
    """Move on by one phase, or back with a reason; once the report is issued, only on to closed."""
    await actions.move(
        write.session, engagement_id, to=move.phase, reason=move.reason, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.engagement, engagement_id)
