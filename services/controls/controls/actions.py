"""The verbs of a control. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.controls.models import Control, ControlStatus
from services.controls.controls.schemas import ControlDraft, ControlRevision
from services.controls.health.actions import reassess
from services.controls.requirements.queries import known
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import (
    ControlApproved,
    ControlDefined,
    ControlImplemented,
    ControlRetired,
    ControlRevised,
)
from shared.events.trail import announce
from shared.identity.callers import keep_apart
from shared.problems import Conflict, Fault, Invalid, not_allowed

_NEXT: dict[str, list[str]] = {
    ControlStatus.DRAFT: ["approve", "retire"],
    ControlStatus.APPROVED: ["implement", "retire"],
    ControlStatus.IMPLEMENTED: ["retire"],
    ControlStatus.RETIRED: [],
}


class CodeTaken(Conflict):
    """Another control has this code."""


async def define(session: AsyncSession, *, draft: ControlDraft, by: str, at: datetime) -> Control:
    """Write a control down as a draft.

    `CodeTaken` when the organisation has one of that code, `Invalid` when no framework asks for what it should answer.
    """
    await _know_requirements(session, draft.requirements)
    if (await session.execute(select(Control.id).where(Control.code == draft.code))).first():
        raise CodeTaken(f"There is a control {draft.code} already.", faults=[Fault("/code", "taken")])
    control = Control(**draft.model_dump(), org_id=organisation_of(session), author=by, created_at=at, updated_at=at)
    await announce(session, ControlDefined(code=control.code, title=control.title), about=control, by=by, at=at)
    await reassess(session, control, at=at)
    return control


async def revise(
    session: AsyncSession,
    control_id: UUID,
    *,
    revision: ControlRevision,
    expected: int,
    by: str,
    at: datetime,
) -> None:
    """Change a control. What was approved was another text, so it goes back to draft and needs approval again."""
    await _know_requirements(session, revision.requirements or [])
    control = await locked(session, Control, control_id, noun="control", expected=expected)
    if control.status == ControlStatus.RETIRED:
        raise not_allowed("revise", control.status, [])
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(control, name, value)
    if control.status == ControlStatus.APPROVED:
        control.status = ControlStatus.DRAFT
    control.author = by
    await announce(session, ControlRevised(code=control.code, title=control.title), about=control, by=by, at=at)


async def approve(session: AsyncSession, control_id: UUID, *, by: str, at: datetime) -> None:
    """Draft → approved, by someone other than the author."""
    control = await _moved(session, control_id, "approve", ControlStatus.APPROVED)
    keep_apart("The approver is not the author", first=control.author, second=by)
    await announce(session, ControlApproved(code=control.code, title=control.title), about=control, by=by, at=at)


async def implement(session: AsyncSession, control_id: UUID, *, by: str, at: datetime) -> None:
    """Approved → implemented: it is in operation, and its health counts from now on."""
    control = await _moved(session, control_id, "implement", ControlStatus.IMPLEMENTED)
    await announce(session, ControlImplemented(code=control.code, title=control.title), about=control, by=by, at=at)
    await reassess(session, control, at=at)


async def retire(session: AsyncSession, control_id: UUID, *, reason: str, by: str, at: datetime) -> None:
    """Any state but retired → retired. The reason is kept in the trail."""
    control = await _moved(session, control_id, "retire", ControlStatus.RETIRED)
    event = ControlRetired(code=control.code, title=control.title)
    await announce(session, event, about=control, by=by, at=at, reason=reason)
    await reassess(session, control, at=at)


async def _know_requirements(session: AsyncSession, references: Sequence[str]) -> None:
    there = await known(session, references)
    faults = [
        Fault(f"/requirements/{place}", f"No framework asks for {reference}.")
        for place, reference in enumerate(references)
        if reference not in there
    ]
    if faults:
        raise Invalid("Some of the requirements are not of any framework here.", faults=faults)


async def _moved(session: AsyncSession, control_id: UUID, verb: str, to: ControlStatus) -> Control:
    control = await locked(session, Control, control_id, noun="control", expected=ANY_VERSION)
    if verb not in _NEXT[control.status]:
        raise not_allowed(verb, control.status, _NEXT[control.status])
    control.status = to
    return control
