from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.register.exceptions import actions, queries
from services.controls.register.exceptions.models import ControlExceptionPhase, ControlExceptionStatus
from services.controls.register.exceptions.schemas import (
    ControlExceptionOut,
    ControlExceptionRequest,
    ExceptionDecision,
    ExceptionRevocation,
    Verdict,
)
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("control exceptions")


@routes.get("/v1/control-exceptions", permission=P.CONTROL_EXCEPTIONS_READ, response_model=Page[ControlExceptionOut])
async def list_control_exceptions(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal[
        "created_at", "-created_at", "expires_at", "-expires_at", "updated_at", "-updated_at"
    ] = "-created_at",
    control_id: UUID | None = None,
    status: ControlExceptionStatus | None = None,
    phase: Annotated[ControlExceptionPhase | None, Query(description="Of those granted, as of `as_of`")] = None,
    as_of: Annotated[Instant | None, Query(description="Phases as of this instant; now when left out")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The exceptions that were asked for, newest first."""
    return await read.page(
        queries.exceptions,
        PageRequest(limit, cursor, sort),
        as_of=as_of or now(),
        control_id=control_id,
        status=status,
        phase=phase,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/control-exceptions/{exception_id}",
    permission=P.CONTROL_EXCEPTIONS_READ,
    response_model=ControlExceptionOut,
    refuses=(NotFound,),
)
async def get_control_exception(
    exception_id: UUID,
    read: Read,
    as_of: Annotated[Instant | None, Query(description="The phase as of this instant; now when left out")] = None,
) -> Response:
    """One exception. Its ETag changes with every change that is announced."""
    return await read.one(queries.exception, exception_id, as_of=as_of or now())


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
    refuses=(NotFound, actions.ExceptionOver),
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
