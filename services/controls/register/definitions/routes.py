from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.controls.register.controls.queries import control
from services.controls.register.definitions import actions, queries
from services.controls.register.definitions.rules import changes_between
from services.controls.register.definitions.schemas import (
    DefinitionChanges,
    DefinitionOut,
    DefinitionWithdrawal,
)
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("control definitions")

Number = Annotated[int, Path(ge=1, le=100_000, description="Counted from 1 for each control")]


routes.list(
    "list_control_definitions",
    "/v1/control-definitions",
    queries.definitions,
    DefinitionOut,
    permission=P.CONTROLS_READ,
    description=(
        "The definitions of all controls. One ends by the next, so sync by `updated_since` and take its end from that."
    ),
    auditors=True,
)


routes.one(
    "get_control_definition",
    "/v1/control-definitions/{definition_id}",
    queries.definition,
    DefinitionOut,
    permission=P.CONTROLS_READ,
    description="One definition, by the id that tests refer to.",
    auditors=True,
)


routes.list(
    "list_definitions_of_control",
    "/v1/controls/{control_id}/definitions",
    queries.definitions_of_control,
    DefinitionOut,
    permission=P.CONTROLS_READ,
    description="What a control was and is: all its definitions, the newest first.",
    parent=control,
    auditors=True,
)


routes.one(
    "get_definition_of_control",
    "/v1/controls/{control_id}/definitions/{number}",
    queries.numbered,
    DefinitionOut,
    permission=P.CONTROLS_READ,
    description="One definition of a control, by its number.",
    key=Number,
    auditors=True,
)


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
    return await read.computed(changes_between(before, after))


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
