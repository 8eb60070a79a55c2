from uuid import UUID

from fastapi import Response

from services.audit.engagements.parties.queries import acted_in
from services.audit.requests.request_releases import actions
from services.audit.requests.request_releases.schemas import Release, ReleaseBatch, Rescheduling
from services.audit.requests.requests import queries
from services.audit.requests.requests.schemas import RequestBatchOut, RequestWithLinesOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("request releases")


@routes.post(
    "/v1/requests/{request_id}/releases",
    permission=P.REQUESTS_WRITE,
    response_model=RequestWithLinesOut,
    refuses=(NotFound, actions.NotDrafts),
    auditors=True,
)
async def release_request(request_id: UUID, release: Release, write: Write) -> Response:
    """Show a draft to the client, who is asked for it from now on."""
    await actions.release(
        write.session,
        [request_id],
        engagement_id=await acted_in(write.session, write.caller),
        due_on=release.due_on,
        pointer="/due_on",
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)


@routes.post(
    "/v1/requests/releases/batch",
    permission=P.REQUESTS_WRITE,
    response_model=RequestBatchOut,
    refuses=(NotFound, actions.NotDrafts),
    auditors=True,
)
async def release_requests(batch: ReleaseBatch, write: Write) -> RequestBatchOut:
    """Show many drafts to the client as one list, all of them or none."""
    await actions.release(
        write.session,
        batch.request_ids,
        engagement_id=await acted_in(write.session, write.caller),
        due_on=batch.due_on,
        by=write.caller.actor,
        at=write.at,
    )
    return RequestBatchOut(request_ids=batch.request_ids)


@routes.post(
    "/v1/requests/{request_id}/reschedulings",
    permission=P.REQUESTS_WRITE,
    response_model=RequestWithLinesOut,
    refuses=(NotFound,),
    auditors=True,
)
async def reschedule_request(request_id: UUID, rescheduling: Rescheduling, write: Write) -> Response:
    """Have a request that waits for the client due on another day, and say why."""
    await actions.reschedule(
        write.session,
        request_id,
        engagement_id=await acted_in(write.session, write.caller),
        due_on=rescheduling.due_on,
        reason=rescheduling.reason,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)
