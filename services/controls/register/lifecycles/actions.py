"""The verbs of a control's life. Its text is that of its definitions; what its health follows from is touched."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import Earlier
from services.controls.register.controls.actions import require_requirements
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.deadlines.actions import ONE_DAY, judge_from
from services.controls.register.definitions.actions import (
    approve_pending,
    begin_earlier,
    drop_pending,
    propose,
    write_down,
)
from services.controls.register.definitions.models import Definition
from services.controls.register.definitions.queries import approved, first_approved
from services.controls.register.definitions.rules import TEXT
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles.schemas import ControlImplementation, ControlRetirement, ControlRevision
from services.controls.register.rhythms.rules import require_rhythm
from shared.clock import CLOCK_SKEW
from shared.data.base import table_of
from shared.data.records import lock_rows, locked
from shared.data.transactions import touched
from shared.events.catalogue.controls import (
    ControlApproved,
    ControlImplemented,
    ControlRetired,
    ControlRevised,
)
from shared.events.catalogue.definitions import ControlReassigned
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover, handed_over
from shared.people.references import keep_backup_apart, people_columns
from shared.problems import Fault, Invalid, not_allowed

_C = table_of(Control).c
_NEXT: dict[str, list[str]] = {
    ControlStatus.DRAFT: ["approve", "retire"],
    ControlStatus.APPROVED: ["implement", "retire"],
    ControlStatus.IMPLEMENTED: ["retire"],
    ControlStatus.RETIRED: [],
}


async def revise(
    session: AsyncSession,
    control_id: UUID,
    *,
    revision: ControlRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change a control: who answers for it at once, its text as far as that may be without approval.

    The text of a control in operation stays as it is until what is proposed is approved and takes effect. An approved
    one that is not in operation yet goes back to draft.
    """
    owners = await people_columns(session, revision, "owner", nullable={"backup_owner"})
    await require_requirements(session, revision.requirements or [])
    control = await locked(session, Control, control_id, noun="control", expected=expected)
    if control.status == ControlStatus.RETIRED:
        raise not_allowed("revise", control.status, [])
    text = revision.model_dump(mode="json", include=revision.model_fields_set, exclude={"owner", "backup_owner"})
    await revise_locked(session, control, given={**text, **owners}, by=by, at=at)


async def revise_locked(
    session: AsyncSession, control: Control, *, given: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Change the columns of a control that is locked and not retired; requirements and people are known by then."""
    text = {name: given[name] for name in TEXT if given.get(name) is not None}
    if "recurrence" in given:
        text["recurrence"] = given["recurrence"]
    reassigned = _reassign(control, given)
    revised = bool(reassigned)
    if control.status == ControlStatus.IMPLEMENTED:
        if text and (control.pending_definition or text != {name: getattr(control, name) for name in text}):
            await propose(session, control, changes=text, by=by, at=at)
    elif text:
        for name, value in text.items():
            setattr(control, name, value)
        require_rhythm(control.frequency, control.recurrence)
        if control.status != ControlStatus.DRAFT:
            control.status = ControlStatus.DRAFT
            touched(session, control.id, at=at)
        control.author = by.recorded
        revised = True
    if revised:
        event = ControlRevised(code=control.code, title=control.title)
        announce(session, event, *reassigned, about=control, by=by, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Let another person answer for the controls of a leaver, as owner or as backup."""
    theirs = or_(*(column == handover.from_person for column in (_C.owner_id, _C.backup_owner_id)))
    held = select(Control).where(_C.status != ControlStatus.RETIRED, theirs).order_by(_C.id)
    for control in await lock_rows(session, held):
        owner, backup = handed_over(control.owner_id, control.backup_owner_id, handover)
        reassigned = _reassign(control, {"owner_id": owner, "backup_owner_id": backup})
        event = ControlRevised(code=control.code, title=control.title)
        announce(session, event, *reassigned, about=control, by=SYSTEM, at=handover.at, reason=handover.reason)


async def approve(
    session: AsyncSession, control_id: UUID, *, approval: DefinitionApproval, by: Actor, at: datetime
) -> None:
    """Draft → approved, or what is proposed for a control in operation, by someone other than the author."""
    control = await locked(session, Control, control_id, noun="control")
    await approve_locked(session, control, approval=approval, by=by, at=at)


async def approve_locked(
    session: AsyncSession,
    control: Control,
    *,
    approval: DefinitionApproval,
    by: Actor,
    at: datetime,
    earlier: Earlier | None = None,
) -> None:
    """`approve` for a control that is locked; like all of these it refuses before it changes anything.

    With `earlier` it was approved outside Attest: the draft, what is proposed, or the first definition, which was in
    force before Attest knew.
    """
    if earlier and (first := await first_approved(session, control.id)) and _is_before(earlier, first):
        await begin_earlier(session, control, first, earlier=earlier, by=by, at=at)
        return
    if control.pending_definition is not None and control.pending_from is None:
        await approve_pending(session, control, approval=approval, by=by, at=at, earlier=earlier)
        return
    _require(control, "approve")
    definition = await write_down(session, control, approval=approval, by=by, at=at, earlier=earlier)
    control.status = ControlStatus.APPROVED
    event = ControlApproved(
        code=control.code,
        title=control.title,
        definition=definition.number,
        effective_from=definition.effective_from,
    )
    announce(session, event, about=control, by=by, at=at)
    touched(session, control.id, at=at)


async def implement(
    session: AsyncSession, control_id: UUID, *, implementation: ControlImplementation, by: Actor, at: datetime
) -> None:
    """Approved → implemented: it is in operation, and its health counts from now on.

    `since` may lie in the past, but not before the approval came into Attest, nor before what was approved is in force.
    """
    control = await locked(session, Control, control_id, noun="control")
    await implement_locked(session, control, implementation=implementation, by=by, at=at)


async def implement_locked(
    session: AsyncSession, control: Control, *, implementation: ControlImplementation, by: Actor, at: datetime
) -> None:
    """`implement` for a control that is locked."""
    _require(control, "implement")
    since = implementation.since or at
    first = await approved(session, control.id)
    begins = first.effective_from if first else None
    if begins is not None and since < begins:
        raise _wrong_since(f"The approved definition takes effect on {begins.isoformat()}.")
    if first and first.recorded_at is not None and since < first.recorded_at - CLOCK_SKEW:
        raise _wrong_since("That was before its approval came into Attest: tell it as a historical record.")
    if since > at:
        raise _wrong_since("The date is in the future.")
    await _operate(session, control, since=since, by=by, at=at)


async def implement_earlier(
    session: AsyncSession, control: Control, *, earlier: Earlier, by: Actor, at: datetime
) -> None:
    """Say of a control that is locked that it was in operation before Attest knew, whether it is by now or not."""
    if control.implemented_at is None:
        _require(control, "implement")
    elif earlier.at >= control.implemented_at:
        raise _wrong_since(f"The control is in operation since {control.implemented_at.isoformat()}.")
    first = await first_approved(session, control.id)
    if first is None or first.effective_from is None or earlier.at < first.effective_from:
        begins = f" before {first.effective_from.isoformat()}" if first and first.effective_from else ""
        raise _wrong_since(f"No approved definition was in force{begins}.")
    await _operate(session, control, since=earlier.at, by=by, at=at, earlier=earlier)


async def _operate(
    session: AsyncSession,
    control: Control,
    *,
    since: datetime,
    by: Actor,
    at: datetime,
    earlier: Earlier | None = None,
) -> None:
    if control.status != ControlStatus.RETIRED:
        control.status = ControlStatus.IMPLEMENTED
    control.implemented_at, control.implementation_recorded_at = since, at
    control.implementation_record_id = earlier.record_id if earlier else None
    if control.known_in_operation_at is None:
        control.known_in_operation_at, control.known_in_operation_since = at, since
    await judge_from(session, control.id, (since - ONE_DAY).date(), at=at)
    event = ControlImplemented(
        code=control.code, title=control.title, since=since, historical_record_id=control.implementation_record_id
    )
    announce(session, event, about=control, by=by, at=at, reason=earlier.reason if earlier else None)
    touched(session, control.id, at=at)


async def retire(
    session: AsyncSession, control_id: UUID, *, retirement: ControlRetirement, by: Actor, at: datetime
) -> None:
    """Any state but retired → retired, `since` now or an instant before. The reason is kept in the trail."""
    control = await locked(session, Control, control_id, noun="control")
    await retire_locked(session, control, retirement=retirement, by=by, at=at)


async def retire_locked(
    session: AsyncSession, control: Control, *, retirement: ControlRetirement, by: Actor, at: datetime
) -> None:
    """`retire` for a control that is locked."""
    _require(control, "retire")
    since = retirement.since or at
    if since > at:
        raise _wrong_since("The date is in the future.")
    if since < (control.implemented_at or control.created_at):
        raise _wrong_since("The control was not in operation on that date.")
    await drop_pending(session, control, reason=retirement.reason, by=by, at=at)
    control.status, control.retired_at = ControlStatus.RETIRED, since
    if control.implemented_at is not None:
        await judge_from(session, control.id, (since - ONE_DAY).date(), at=at)
    event = ControlRetired(code=control.code, title=control.title, since=since)
    announce(session, event, about=control, by=by, at=at, reason=retirement.reason)
    touched(session, control.id, at=at)


def reassign_locked(
    session: AsyncSession, control: Control, *, owners: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Let other people answer for a control that is locked; `owners` are the columns to change."""
    if control.status == ControlStatus.RETIRED:
        raise not_allowed("reassign", control.status, [])
    if reassigned := _reassign(control, owners):
        event = ControlRevised(code=control.code, title=control.title)
        announce(session, event, *reassigned, about=control, by=by, at=at)


def _reassign(control: Control, given: Mapping[str, Any]) -> list[ControlReassigned]:
    """Change who answers for a control, and tell it if anything changed."""
    owner, backup = control.owner_id, control.backup_owner_id
    owner_now, backup_now = given.get("owner_id", owner), given.get("backup_owner_id", backup)
    keep_backup_apart(owner_now, backup_now)
    control.owner_id, control.backup_owner_id = owner_now, backup_now
    if (control.owner_id, control.backup_owner_id) == (owner, backup):
        return []
    event = ControlReassigned(
        code=control.code,
        title=control.title,
        owner_id=control.owner_id,
        backup_owner_id=control.backup_owner_id,
        owner_id_before=owner,
        backup_owner_id_before=backup,
    )
    return [event]


def _is_before(earlier: Earlier, first: Definition) -> bool:
    return first.effective_from is not None and earlier.at < first.effective_from


def _wrong_since(detail: str) -> Invalid:
    return Invalid(detail, faults=[Fault("/since", detail)])


def _require(control: Control, verb: str) -> None:
    if verb not in _NEXT[control.status]:
        raise not_allowed(verb, control.status, _NEXT[control.status])
