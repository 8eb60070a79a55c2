from typing import Annotated

from fastapi import Query

from services.controls.register.control_batches import actions
from services.controls.register.control_batches.schemas import (
    ApprovalBatch,
    ControlBatchOut,
    ImplementationBatch,
    ReassignmentBatch,
    RetirementBatch,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("control batches")

Atomic = Annotated[bool, Query(description="Change all of them, or none if any is refused")]
_REFUSES = (actions.ControlBatchRefused,)


@routes.post(
    "/v1/controls/approvals/batch", permission=P.CONTROLS_APPROVE, response_model=ControlBatchOut, refuses=_REFUSES
)
async def approve_controls(batch: ApprovalBatch, write: Write, atomic: Atomic = False) -> ControlBatchOut:
    """Approve up to 1,000 controls, each answered by itself: one that the approver wrote is refused, not the others."""
    return await actions.approve_all(write.session, batch.controls, atomic=atomic, by=write.caller.actor, at=write.at)


@routes.post(
    "/v1/controls/implementations/batch", permission=P.CONTROLS_WRITE, response_model=ControlBatchOut, refuses=_REFUSES
)
async def implement_controls(batch: ImplementationBatch, write: Write, atomic: Atomic = False) -> ControlBatchOut:
    """Say of up to 1,000 approved controls that they are in operation, each answered by itself."""
    return await actions.implement_all(write.session, batch.controls, atomic=atomic, by=write.caller.actor, at=write.at)


@routes.post(
    "/v1/controls/retirements/batch", permission=P.CONTROLS_WRITE, response_model=ControlBatchOut, refuses=_REFUSES
)
async def retire_controls(batch: RetirementBatch, write: Write, atomic: Atomic = False) -> ControlBatchOut:
    """Say of up to 1,000 controls that they are no longer operated, and why, each answered by itself."""
    return await actions.retire_all(write.session, batch.controls, atomic=atomic, by=write.caller.actor, at=write.at)


@routes.post(
    "/v1/controls/reassignments/batch", permission=P.CONTROLS_WRITE, response_model=ControlBatchOut, refuses=_REFUSES
)
async def reassign_controls(batch: ReassignmentBatch, write: Write, atomic: Atomic = False) -> ControlBatchOut:
    """Let other people answer for up to 1,000 controls, each answered by itself."""
    return await actions.reassign_all(write.session, batch.controls, atomic=atomic, by=write.caller.actor, at=write.at)
