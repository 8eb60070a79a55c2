from typing import Any
from uuid import UUID

from fastapi import Response

from services.audit.engagements.parties.queries import acted_in
from services.audit.requests.requests import actions, queries
from services.audit.requests.requests.schemas import (
    Cancellation,
    RequestBatch,
    RequestBatchOut,
    RequestDraft,
    RequestOut,
    RequestRevision,
    RequestWithLinesOut,
)
from shared.http.doors import Reader, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import CodeTaken, NotFound

routes = Routes("requests")


async def as_client(read: Reader, _query: object) -> dict[str, Any]:
    """The client that reads, for lists of what the parties show each other; none for a team with its token."""
    return {} if read.caller.engagement else {"client": read.caller.org_id}


routes.list(
    "list_requests",
    "/v1/requests",
    queries.requests,
    RequestOut,
    permission=P.REQUESTS_READ,
    description=(
        "What the auditing party asks for: to its team everything of the engagement, drafts as well; to the client"
        " what was released to it, of all its engagements."
    ),
    given=as_client,
    auditors=True,
)


routes.one(
    "get_request",
    "/v1/requests/{request_id}",
    queries.request,
    RequestWithLinesOut,
    permission=P.REQUESTS_READ,
    description="One request. The client finds it once it is released.",
    auditors=True,
)


@routes.post(
    "/v1/requests",
    permission=P.REQUESTS_WRITE,
    status_code=201,
    response_model=RequestWithLinesOut,
    refuses=(CodeTaken,),
    auditors=True,
)
async def draft_request(draft: RequestDraft, write: Write) -> Response:
    """Draft a request in the engagement of the token. The client does not see it before it is released."""
    engagement_id = await acted_in(write.session, write.caller)
    (request,) = await actions.draft_all(
        write.session, engagement_id, drafts=[draft], below=[""], by=write.caller.actor, at=write.at
    )
    location = f"/v1/requests/{request.id}"
    return await write.created(queries.changed_request, request.id, location, as_of=write.at)


@routes.post(
    "/v1/requests/batch",
    permission=P.REQUESTS_WRITE,
    response_model=RequestBatchOut,
    refuses=(CodeTaken,),
    auditors=True,
)
async def draft_requests(batch: RequestBatch, write: Write) -> RequestBatchOut:
    """Draft many requests, all of them or none."""
    engagement_id = await acted_in(write.session, write.caller)
    below = [f"/requests/{place}" for place in range(len(batch.requests))]
    drafted = await actions.draft_all(
        write.session, engagement_id, drafts=batch.requests, below=below, by=write.caller.actor, at=write.at
    )
    return RequestBatchOut(request_ids=[request.id for request in drafted])


@routes.patch(
    "/v1/requests/{request_id}",
    permission=P.REQUESTS_WRITE,
    response_model=RequestWithLinesOut,
    refuses=(NotFound,),
    auditors=True,
)
async def revise_request(
    request_id: UUID, revision: RequestRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft. What was released stays as it was asked for; cancel it, and ask for something else."""
    await actions.revise(
        write.session,
        request_id,
        engagement_id=await acted_in(write.session, write.caller),
        revision=revision,
        expected=expected,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)


@routes.post(
    "/v1/requests/{request_id}/cancellations",
    permission=P.REQUESTS_WRITE,
    response_model=RequestWithLinesOut,
    refuses=(NotFound,),
    auditors=True,
)
async def cancel_request(request_id: UUID, cancellation: Cancellation, write: Write) -> Response:
    """Ask for it no longer, and say why. Of a draft the client learns nothing."""
    await actions.cancel(
        write.session,
        request_id,
        engagement_id=await acted_in(write.session, write.caller),
        reason=cancellation.reason,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)
