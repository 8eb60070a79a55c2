"""The verbs of a batch: those of a control's lifecycle, each control judged by itself.

A verb refuses before it changes anything, so what is refused leaves nothing behind in the transaction of the others.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.register.control_batches.schemas import (
    ApprovalOfControl,
    ControlBatchOut,
    ImplementationOfControl,
    ReassignmentOfControl,
    RetirementOfControl,
)
from services.controls.register.controls.models import Control
from services.controls.register.lifecycles.actions import (
    approve_locked,
    implement_locked,
    reassign_locked,
    retire_locked,
)
from shared.data.records import lock_by_id
from shared.http.batches import Answered, Refusal, shorten
from shared.identity.callers import Actor
from shared.people.references import people_columns
from shared.problems import Fault, Invalid, NotFound, Problem


class ControlBatchRefused(Invalid):
    """Some controls were refused, and none was changed."""


class _OfControl(Protocol):
    control_id: UUID


I = TypeVar("I", bound=_OfControl)  # noqa: E741 - the input


async def approve_all(
    session: AsyncSession, approvals: Sequence[ApprovalOfControl], *, atomic: bool, by: Actor, at: datetime
) -> ControlBatchOut:
    """Approve many controls, of which the caller may have written none."""

    async def approve(control: Control, approval: ApprovalOfControl) -> None:
        await approve_locked(session, control, approval=approval, by=by, at=at)

    return await _each(session, approvals, approve, atomic=atomic)


async def implement_all(
    session: AsyncSession, implementations: Sequence[ImplementationOfControl], *, atomic: bool, by: Actor, at: datetime
) -> ControlBatchOut:
    """Say of many approved controls that they are in operation."""

    async def implement(control: Control, implementation: ImplementationOfControl) -> None:
        await implement_locked(session, control, implementation=implementation, by=by, at=at)

    return await _each(session, implementations, implement, atomic=atomic)


async def retire_all(
    session: AsyncSession, retirements: Sequence[RetirementOfControl], *, atomic: bool, by: Actor, at: datetime
) -> ControlBatchOut:
    """Say of many controls that they are no longer operated."""

    async def retire(control: Control, retirement: RetirementOfControl) -> None:
        await retire_locked(session, control, retirement=retirement, by=by, at=at)

    return await _each(session, retirements, retire, atomic=atomic)


async def reassign_all(
    session: AsyncSession, reassignments: Sequence[ReassignmentOfControl], *, atomic: bool, by: Actor, at: datetime
) -> ControlBatchOut:
    """Let other people answer for many controls."""

    async def reassign(control: Control, reassignment: ReassignmentOfControl) -> None:
        owners = await people_columns(session, reassignment, "owner", nullable={"backup_owner"})
        reassign_locked(session, control, owners=owners, by=by, at=at)

    return await _each(session, reassignments, reassign, atomic=atomic)


async def _each(
    session: AsyncSession, items: Sequence[I], verb: Callable[[Control, I], Awaitable[None]], *, atomic: bool
) -> ControlBatchOut:
    """Each control with its answer; `ControlBatchRefused` when one is refused and `atomic` asks for all or none."""
    controls = {control.id: control for control in await lock_by_id(session, Control, {i.control_id for i in items})}
    results: list[Answered] = []
    wrong: list[Fault] = []
    for index, item in enumerate(items):
        try:
            if (control := controls.get(item.control_id)) is None:
                nowhere = (Fault("/control_id", "The control does not exist."),)
                raise NotFound(f"There is no control {item.control_id}.", faults=nowhere)
            with session.no_autoflush:  # all are written at once; no verb reads what the one before it changed
                await verb(control, item)
        except Problem as problem:
            place = f"/controls/{index}"
            faults = problem.faults or (Fault("", problem.detail),)
            problem.faults = tuple(Fault(place + fault.pointer, fault.detail) for fault in faults)
            wrong += problem.faults
            results.append(Answered(index=index, id=None, problem=Refusal.of(problem)))
        else:
            results.append(Answered(index=index, id=control.id, problem=None))
    if atomic and wrong:
        raise ControlBatchRefused("Some controls were refused; none is changed.", faults=wrong)
    refused = [answer.problem for answer in results if answer.problem is not None]
    shorten(refused)
    return ControlBatchOut(changed=len(items) - len(refused), refused=len(refused), results=results)
