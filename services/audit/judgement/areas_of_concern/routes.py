from uuid import UUID

from fastapi import Response

from services.audit.judgement.areas_of_concern import actions, queries
from services.audit.judgement.areas_of_concern.schemas import (
    ConcernAnswer,
    ConcernClearance,
    ConcernDraft,
    ConcernOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("areas of concern")


routes.list(
    "list_areas_of_concern",
    "/v1/areas-of-concern",
    queries.concerns,
    ConcernOut,
    permission=P.FINDINGS_READ,
    description="What stage 1 audits noted, newest first; both parties see each from when it is noted, and the team of"
    " the stage 2 that follows.",
    auditors=True,
)


routes.one(
    "get_area_of_concern",
    "/v1/areas-of-concern/{concern_id}",
    queries.concern,
    ConcernOut,
    permission=P.FINDINGS_READ,
    description="One area of concern with every step of it.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/areas-of-concern",
    permission=P.PAPERS_WRITE,
    status_code=201,
    response_model=ConcernOut,
    refuses=(NotFound, actions.NotStage1),
    auditors=True,
)
async def note_area_of_concern(engagement_id: UUID, draft: ConcernDraft, write: Write) -> Response:
    """Note what could become a nonconformity in stage 2. Stage 1 grades nothing; the auditee sees it from now on."""
    made = await actions.note(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.concern, made.id, f"/v1/areas-of-concern/{made.id}")


@routes.post(
    "/v1/areas-of-concern/{concern_id}/answers",
    permission=P.FINDINGS_RESPOND,
    response_model=ConcernOut,
    refuses=(NotFound,),
)
async def answer_area_of_concern(concern_id: UUID, answer: ConcernAnswer, write: Write) -> Response:
    """Say what was done about it, as the auditee; an answer takes the place of the one before."""
    await actions.answer(write.session, concern_id, given=answer, by=write.caller.actor, at=write.at)
    return await write.changed(queries.concern, concern_id)


@routes.post(
    "/v1/areas-of-concern/{concern_id}/clearances",
    permission=P.PAPERS_REVIEW,
    response_model=ConcernOut,
    refuses=(NotFound,),
    auditors=True,
)
async def clear_area_of_concern(concern_id: UUID, clearance: ConcernClearance, write: Write) -> Response:
    """Say what shows that it is resolved, in stage 1 or in the stage 2 that follows it."""
    await actions.clear(write.session, concern_id, reason=clearance.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.concern, concern_id)
