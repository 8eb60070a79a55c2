from uuid import UUID

from fastapi import Response

from services.controls.register.exceptions import actions, queries
from services.controls.register.exceptions.schemas import (
    ControlExceptionOut,
    ControlExceptionRequest,
    ExceptionDecision,
    ExceptionRevocation,
    Verdict,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("control exceptions")


routes.list(
    "list_control_exceptions",
    "/v1/control-exceptions",
    queries.exceptions,
    ControlExceptionOut,
    permission=P.CONTROL_EXCEPTIONS_READ,
    description="The exceptions that were asked for, newest first.",
)


routes.one(
    "get_control_exception",
    "/v1/control-exceptions/{exception_id}",
    queries.exception,
    ControlExceptionOut,
    permission=P.CONTROL_EXCEPTIONS_READ,
    description="One exception. Its ETag changes with every change that is announced.",
)


@routes.post(
    "/v1/control-exceptions",
    permission=P.CONTROL_EXCEPTIONS_WRITE,
    status_code=201,
    response_model=ControlExceptionOut,
)
async def request_control_exception(asked: ControlExceptionRequest, write: Write) -> Response:
    """Ask for an exception from a control. To have it longer or otherwise, ask again."""
    exception = await actions.request(write.session, asked=asked, by=write.caller.actor, at=write.at)
    location = f"/v1/control-exceptions/{exception.id}"
    return await write.created(queries.exception, exception.id, location, as_of=write.at)


@routes.post(
    "/v1/control-exceptions/{exception_id}/decisions",
    permission=P.CONTROL_EXCEPTIONS_APPROVE,
    response_model=ControlExceptionOut,
    refuses=(NotFound, actions.ExceptionOver, SeparationOfDuties),
)
async def decide_on_control_exception(exception_id: UUID, draft: ExceptionDecision, write: Write) -> Response:
    """Grant or refuse what was asked for. Neither who asked nor the control's owner can."""
    verb = actions.grant if draft.decision == Verdict.GRANT else actions.refuse
    await verb(write.session, exception_id, reason=draft.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.exception, exception_id, as_of=write.at)


@routes.post(
    "/v1/control-exceptions/{exception_id}/revocations",
    permission=P.CONTROL_EXCEPTIONS_APPROVE,
    response_model=ControlExceptionOut,
    refuses=(NotFound, actions.ExceptionOver),
)
async def revoke_control_exception(exception_id: UUID, draft: ExceptionRevocation, write: Write) -> Response:
    """End a granted exception before its time."""
    await actions.revoke(write.session, exception_id, reason=draft.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.exception, exception_id, as_of=write.at)
