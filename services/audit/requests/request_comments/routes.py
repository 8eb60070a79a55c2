from uuid import UUID

from fastapi import Response

from services.audit.engagements.parties.queries import acted_in
from services.audit.requests.request_comments import actions, queries
from services.audit.requests.request_comments.schemas import RequestCommentDraft, RequestCommentOut
from services.audit.requests.requests.actions import asked_for, of_engagement
from services.audit.requests.requests.routes import as_client
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("request comments")


routes.list(
    "list_request_comments",
    "/v1/request-comments",
    queries.comments,
    RequestCommentOut,
    permission=P.REQUESTS_READ,
    description="What both parties wrote to requests; `request_id` has the thread of one.",
    given=as_client,
    auditors=True,
)


routes.one(
    "get_request_comment",
    "/v1/request-comments/{comment_id}",
    queries.comment,
    RequestCommentOut,
    permission=P.REQUESTS_READ,
    description="One comment.",
    auditors=True,
)


@routes.post(
    "/v1/requests/{request_id}/comments",
    permission=P.REQUESTS_COMMENT,
    status_code=201,
    response_model=RequestCommentOut,
    refuses=(NotFound, *PERSON_REFUSALS),
    auditors=True,
)
async def comment_on_request(request_id: UUID, draft: RequestCommentDraft, write: Write) -> Response:
    """Write to the thread of a released request, for both parties to read."""
    by_firm = write.caller.engagement is not None
    if by_firm:
        request = await of_engagement(write.session, request_id, await acted_in(write.session, write.caller))
    else:
        request = await asked_for(write.session, request_id)
    comment = await actions.write(
        write.session, request, by_firm=by_firm, draft=draft, by=write.caller.actor, at=write.at
    )
    return await write.created(queries.written_comment, comment.id, f"/v1/request-comments/{comment.id}")
