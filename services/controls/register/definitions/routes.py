from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query, Response

from services.controls.register.definitions import actions, queries
from services.controls.register.definitions.models import DefinitionState
from services.controls.register.definitions.rules import changes_between
from services.controls.register.definitions.schemas import DefinitionChanges, DefinitionOut, DefinitionWithdrawal
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("control definitions")

Number = Annotated[int, Path(ge=1, le=100_000, description="Counted from 1 for each control")]


@routes.get("/v1/control-definitions", permission=P.CONTROLS_READ, response_model=Page[DefinitionOut])
async def list_control_definitions(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at",
    control_id: UUID | None = None,
    state: DefinitionState | None = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The definitions of all controls. One ends by the next, so sync by `updated_since` and take its end from that."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.definitions, page, control_id=control_id, state=state, updated_since=updated_since)


@routes.get(
    "/v1/control-definitions/{definition_id}",
    permission=P.CONTROLS_READ,
    response_model=DefinitionOut,
    refuses=(NotFound,),
)
async def get_control_definition(definition_id: UUID, read: Read) -> Response:
    """One definition, by the id that tests refer to."""
    return await read.one(queries.definition, definition_id)


@routes.get("/v1/controls/{control_id}/definitions", permission=P.CONTROLS_READ, response_model=Page[DefinitionOut])
async def list_definitions_of_control(
    control_id: UUID,
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["number", "-number"] = "-number",
    state: DefinitionState | None = None,
) -> Response:
    """What a control was and is: all its definitions, the newest first."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.definitions, page, control_id=control_id, state=state)


@routes.get(
    "/v1/controls/{control_id}/definitions/{number}",
    permission=P.CONTROLS_READ,
    response_model=DefinitionOut,
    refuses=(NotFound,),
)
async def get_definition_of_control(control_id: UUID, number: Number, read: Read) -> Response:
    """One definition of a control, by its number."""
    return await read.one(queries.numbered, number, control_id=control_id)


@routes.get(
    "/v1/controls/{control_id}/definitions/{number}/changes",
    permission=P.CONTROLS_READ,
    response_model=DefinitionChanges,
    refuses=(NotFound,),
)
async def get_definition_changes(
    control_id: UUID,
    number: Number,
    read: Read,
    since: Annotated[
        int | None, Query(ge=1, le=100_000, description="Another definition; the approved one before it if left out")
    ] = None,
) -> Response:
    """What a definition of a control says differently from another."""
    async with read.transaction() as session:
        after = await queries.by_number(session, control_id, number)
        if since is None:
            before = await queries.approved(session, control_id, before=number)
        else:
            before = await queries.by_number(session, control_id, since)
    if after is None or (before is None and since is not None):
        raise NotFound("The control has no such definition.")
    return read.computed(changes_between(before, after))


@routes.post(
    "/v1/controls/{control_id}/definitions/{number}/withdrawals",
    permission=P.CONTROLS_WRITE,
    response_model=DefinitionOut,
    refuses=(NotFound,),
)
async def withdraw_definition(
    control_id: UUID, number: Number, withdrawal: DefinitionWithdrawal, write: Write
) -> Response:
    """Give up a text that is proposed, or approved and not yet in force."""
    definition_id = await actions.withdraw(
        write.session, control_id, number, reason=withdrawal.reason, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.definition, definition_id)
