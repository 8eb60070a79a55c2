from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.audit.engagements.engagements import actions, queries
from services.audit.engagements.engagements.models import EngagementKind, EngagementPhase
from services.audit.engagements.engagements.schemas import (
    EngagementDraft,
    EngagementOut,
    EngagementRevision,
    PhaseMove,
    ScopedControlOut,
    ScopeSetting,
)
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("engagements")


@routes.get("/v1/engagements", permission=P.ENGAGEMENTS_READ, response_model=Page[EngagementOut])
async def list_engagements(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at",
    kind: EngagementKind | None = None,
    phase: EngagementPhase | None = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's engagements."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.engagements, page, kind=kind, phase=phase, updated_since=updated_since)


@routes.get(
    "/v1/engagements/{engagement_id}",
    permission=P.ENGAGEMENTS_READ,
    response_model=EngagementOut,
    refuses=(NotFound,),
)
async def get_engagement(engagement_id: UUID, read: Read) -> Response:
    """One engagement."""
    return await read.one(queries.engagement, engagement_id)


@routes.post("/v1/engagements", permission=P.ENGAGEMENTS_WRITE, status_code=201, response_model=EngagementOut)
async def plan_engagement(draft: EngagementDraft, write: Write) -> Response:
    """Take on an engagement with a CPA firm, as of a date (Type 1) or over a period (Type 2)."""
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


@routes.get(
    "/v1/engagements/{engagement_id}/scope",
    permission=P.ENGAGEMENTS_READ,
    response_model=Page[ScopedControlOut],
    refuses=(NotFound,),
)
async def list_scope(
    engagement_id: UUID,
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["id", "-id"] = "id",
) -> Response:
    """The controls that the engagement examines, with what is known here of each."""
    await read.one(queries.engagement, engagement_id)  # an engagement that is not there has no empty scope: 404
    return await read.page(queries.scope, PageRequest(limit, cursor, sort), engagement_id=engagement_id)


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
