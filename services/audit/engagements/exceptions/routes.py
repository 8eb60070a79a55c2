from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.audit.engagements.exceptions import actions, queries
from services.audit.engagements.exceptions.models import AuditExceptionStatus
from services.audit.engagements.exceptions.schemas import EvaluationDraft, ExceptionOut, ResponseDraft
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("audit exceptions")


@routes.get("/v1/exceptions", permission=P.EXCEPTIONS_READ, response_model=Page[ExceptionOut])
async def list_exceptions(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["opened_at", "-opened_at", "updated_at", "-updated_at"] = "-opened_at",
    engagement_id: UUID | None = None,
    control_id: UUID | None = None,
    status: AuditExceptionStatus | None = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The exceptions of the organisation's engagements, newest first."""
    return await read.page(
        queries.exceptions,
        PageRequest(limit, cursor, sort),
        engagement_id=engagement_id,
        control_id=control_id,
        status=status,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/exceptions/{exception_id}",
    permission=P.EXCEPTIONS_READ,
    response_model=ExceptionOut,
    refuses=(NotFound,),
)
async def get_exception(exception_id: UUID, read: Read) -> Response:
    """One exception."""
    return await read.one(queries.exception, exception_id)


@routes.post(
    "/v1/exceptions/{exception_id}/responses",
    permission=P.EXCEPTIONS_RESPOND,
    response_model=ExceptionOut,
    refuses=(NotFound,),
)
async def respond_to_exception(exception_id: UUID, draft: ResponseDraft, write: Write) -> Response:
    """Respond for management. A new response takes the place of the last; the trail keeps all."""
    await actions.respond(write.session, exception_id, text=draft.text, by=write.caller.actor, at=write.at)
    return await write.changed(queries.exception, exception_id)


@routes.post(
    "/v1/exceptions/{exception_id}/evaluations",
    permission=P.EXCEPTIONS_EVALUATE,
    response_model=ExceptionOut,
    refuses=(NotFound,),
)
async def evaluate_exception(exception_id: UUID, draft: EvaluationDraft, write: Write) -> Response:
    """Conclude on the exception, as the auditor. Who responded for management cannot."""
    await actions.evaluate(write.session, exception_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(queries.exception, exception_id)
