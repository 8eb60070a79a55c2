from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.register.controls import actions, queries
from services.controls.register.controls.models import ControlStatus
from services.controls.register.controls.schemas import (
    ControlDraft,
    ControlImplementation,
    ControlOut,
    ControlRetirement,
    ControlRevision,
)
from services.controls.register.definitions.actions import DefinitionAwaitsItsDay
from services.controls.register.definitions.schemas import DefinitionApproval
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("controls")


@routes.get("/v1/controls", permission=P.CONTROLS_READ, response_model=Page[ControlOut])
async def list_controls(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code",
    status: ControlStatus | None = None,
    owner: Annotated[Owner | None, Query()] = None,
    requirement: Annotated[RequirementRef | None, Query()] = None,
    q: Annotated[Search | None, Query(description="In code and title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's controls. None is ever deleted: to sync, a retired one is the tombstone."""
    return await read.page(
        queries.controls,
        PageRequest(limit, cursor, sort),
        status=status,
        owner=owner,
        requirement=requirement,
        q=q,
        updated_since=updated_since,
    )


@routes.get("/v1/controls/{control_id}", permission=P.CONTROLS_READ, response_model=ControlOut, refuses=(NotFound,))
async def get_control(control_id: UUID, read: Read) -> Response:
    """One control."""
    return await read.one(queries.control, control_id)


@routes.post(
    "/v1/controls",
    permission=P.CONTROLS_WRITE,
    status_code=201,
    response_model=ControlOut,
    refuses=(actions.CodeTaken,),
)
async def define_control(draft: ControlDraft, write: Write) -> Response:
    """Write a control down, as a draft."""
    control = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.control, control.id, f"/v1/controls/{control.id}")


@routes.patch(
    "/v1/controls/{control_id}",
    permission=P.CONTROLS_WRITE,
    response_model=ControlOut,
    refuses=(NotFound, DefinitionAwaitsItsDay),
)
async def revise_control(
    control_id: UUID, revision: ControlRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a control: its owners at once, its text once that is approved.

    An approved one that is not in operation goes back to draft. For one in operation the new text is proposed as a
    definition, and the one in force stays in force until that is approved and takes effect.
    """
    await actions.revise(
        write.session, control_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.control, control_id)


@routes.post(
    "/v1/controls/{control_id}/approvals",
    permission=P.CONTROLS_APPROVE,
    response_model=ControlOut,
    refuses=(NotFound,),
)
async def approve_control(control_id: UUID, write: Write, approval: DefinitionApproval | None = None) -> Response:
    """Approve a draft, or what is proposed for a control in operation. The approver is not its author.

    What is approved becomes a definition: it is in force from now on, or from another instant that the body names.
    """
    approval = approval or DefinitionApproval()
    await actions.approve(write.session, control_id, approval=approval, by=write.caller.actor, at=write.at)
    return await write.changed(queries.control, control_id)


@routes.post(
    "/v1/controls/{control_id}/implementations",
    permission=P.CONTROLS_WRITE,
    response_model=ControlOut,
    refuses=(NotFound,),
)
async def implement_control(
    control_id: UUID, write: Write, implementation: ControlImplementation | None = None
) -> Response:
    """Say that an approved control is in operation, from now on or since an instant that the body names."""
    implementation = implementation or ControlImplementation()
    await actions.implement(
        write.session, control_id, implementation=implementation, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.control, control_id)


@routes.post(
    "/v1/controls/{control_id}/retirements",
    permission=P.CONTROLS_WRITE,
    response_model=ControlOut,
    refuses=(NotFound,),
)
async def retire_control(control_id: UUID, retirement: ControlRetirement, write: Write) -> Response:
    """Say that a control is no longer operated, and why."""
    await actions.retire(write.session, control_id, retirement=retirement, by=write.caller.actor, at=write.at)
    return await write.changed(queries.control, control_id)
