from uuid import UUID

from fastapi import Response

from services.audit.engagements.exceptions import actions, queries
from services.audit.engagements.exceptions.schemas import EvaluationDraft, ExceptionOut, ResponseDraft
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("audit exceptions")


routes.list(
    "list_exceptions",
    "/v1/exceptions",
    queries.exceptions,
    ExceptionOut,
    permission=P.EXCEPTIONS_READ,
    description="The exceptions of the organisation's engagements, newest first.",
)


routes.one(
    "get_exception",
    "/v1/exceptions/{exception_id}",
    queries.exception,
    ExceptionOut,
    permission=P.EXCEPTIONS_READ,
    description="One exception.",
)


@routes.post(
    "/v1/exceptions/{exception_id}/responses",
    permission=P.EXCEPTIONS_RESPOND,
    response_model=ExceptionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def respond_to_exception(exception_id: UUID, draft: ResponseDraft, write: Write) -> Response:
    """Respond for management. A new response takes the place of the last; the trail keeps all."""
    await actions.respond(write.session, exception_id, text=draft.text, by=write.caller.actor, at=write.at)
    return await write.changed(queries.exception, exception_id)


@routes.post(
    "/v1/exceptions/{exception_id}/evaluations",
    permission=P.EXCEPTIONS_EVALUATE,
    response_model=ExceptionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def evaluate_exception(exception_id: UUID, draft: EvaluationDraft, write: Write) -> Response:
    """Conclude on the exception, as the auditor. Who responded for management cannot."""
    await actions.evaluate(write.session, exception_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(queries.exception, exception_id)
