from uuid import UUID

from fastapi import Response

from services.controls.register.controls.queries import control
from services.controls.register.controls.schemas import ControlOut
from services.controls.register.definitions.actions import DefinitionAwaitsItsDay
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles import actions
from services.controls.register.lifecycles.schemas import ControlImplementation, ControlRetirement, ControlRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("control lifecycles")


@routes.patch(
    "/v1/controls/{control_id}",
    permission=P.CONTROLS_WRITE,
    response_model=ControlOut,
    refuses=(NotFound, DefinitionAwaitsItsDay, *PERSON_REFUSALS),
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
    return await write.changed(control, control_id)


@routes.post(
    "/v1/controls/{control_id}/approvals",
    permission=P.CONTROLS_APPROVE,
    response_model=ControlOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def approve_control(control_id: UUID, write: Write, approval: DefinitionApproval | None = None) -> Response:
    """Approve a draft, or what is proposed for a control in operation. The approver is not its author.

    What is approved becomes a definition: it is in force from now on, or from another instant that the body names.
    """
    approval = approval or DefinitionApproval()
    await actions.approve(write.session, control_id, approval=approval, by=write.caller.actor, at=write.at)
    return await write.changed(control, control_id)


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
    return await write.changed(control, control_id)


@routes.post(
    "/v1/controls/{control_id}/retirements",
    permission=P.CONTROLS_WRITE,
    response_model=ControlOut,
    refuses=(NotFound,),
)
async def retire_control(control_id: UUID, retirement: ControlRetirement, write: Write) -> Response:
    """Say that a control is no longer operated, and why."""
    await actions.retire(write.session, control_id, retirement=retirement, by=write.caller.actor, at=write.at)
    return await write.changed(control, control_id)
