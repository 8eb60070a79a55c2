"""The verbs of a definition. The control's row is locked before any of its definitions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.earlier import Earlier
from services.controls.register.controls.models import Control
from services.controls.register.deadlines.actions import ONE_DAY, judge_from
from services.controls.register.definitions.models import Definition, DefinitionState
from services.controls.register.definitions.queries import approved, by_number, last_number
from services.controls.register.definitions.rules import differing, faults_of_effect, text_of
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.rhythms.rules import require_rhythm
from shared.clock import CLOCK_SKEW
from shared.data.records import lock_free, locked
from shared.data.transactions import raise_version, touched
from shared.events.catalogue.controls import ControlRevised
from shared.events.catalogue.definitions import (
    DefinitionApproved,
    DefinitionBegunEarlier,
    DefinitionDrafted,
    DefinitionWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.problems import Conflict, Invalid, NotFound, not_allowed


class DefinitionAwaitsItsDay(Conflict):
    """An approved definition has not taken effect yet."""


async def propose(
    session: AsyncSession, control: Control, *, changes: Mapping[str, Any], by: Actor, at: datetime
) -> Definition:
    """Write another text for a control in operation, or change the one proposed. The one in force stays in force."""
    if control.pending_from is not None:
        raise DefinitionAwaitsItsDay(
            f"Definition {control.pending_definition} takes effect on {control.pending_from.isoformat()}: revise the"
            " control then, or withdraw that definition."
        )
    pending = await _pending(session, control)
    if pending is None:
        pending = Definition(
            **{**text_of(control), **changes},
            org_id=control.org_id,
            control_id=control.id,
            number=await last_number(session, control.id) + 1,
            author=by.recorded,
            created_at=at,
            updated_at=at,
        )
        session.add(pending)
        control.pending_definition = pending.number
    for name, value in changes.items():
        setattr(pending, name, value)
    require_rhythm(pending.frequency, pending.recurrence)
    pending.author = by.recorded
    raise_version(session, control)  # whoever else was about to change the proposal is told by the control's version
    event = DefinitionDrafted(
        control_id=control.id, control_code=control.code, title=pending.title, number=pending.number
    )
    announce(session, event, about=pending, by=by, at=at)
    return pending


async def write_down(
    session: AsyncSession,
    control: Control,
    *,
    approval: DefinitionApproval,
    by: Actor,
    at: datetime,
    earlier: Earlier | None = None,
) -> Definition:
    """Make a definition of a draft that is approved."""
    definition = Definition(
        **text_of(control),
        org_id=control.org_id,
        control_id=control.id,
        number=await last_number(session, control.id) + 1,
        author=control.author,
        created_at=at,
        updated_at=at,
    )
    await _approve(session, control, definition, approval=approval, by=by, at=at, earlier=earlier)
    session.add(definition)
    control.definition = definition.number
    return definition


async def approve_pending(
    session: AsyncSession,
    control: Control,
    *,
    approval: DefinitionApproval,
    by: Actor,
    at: datetime,
    earlier: Earlier | None = None,
) -> None:
    """Approve what is proposed for a control in operation; it takes effect now, or when its day comes."""
    pending = await _pending(session, control)
    assert pending is not None
    await _approve(session, control, pending, approval=approval, by=by, at=at, earlier=earlier)
    assert pending.effective_from is not None
    await judge_from(session, control.id, (pending.effective_from - ONE_DAY).date(), at=at)
    if pending.effective_from > at:
        control.pending_from = pending.effective_from
    else:
        _take_up(session, control, pending, by=by, at=at)


async def begin_earlier(
    session: AsyncSession, control: Control, first: Definition, *, earlier: Earlier, by: Actor, at: datetime
) -> None:
    """Say of the first definition that it was in force before it was approved in Attest. Its text stays as it is."""
    keep_apart("The author of a control cannot approve it", first=first.author, second=earlier.by)
    before = first.effective_from
    assert before is not None
    first.effective_from, first.recorded_at, first.historical_record_id = earlier.at, at, earlier.record_id
    await judge_from(session, control.id, (earlier.at - ONE_DAY).date(), at=at)
    event = DefinitionBegunEarlier(
        control_id=control.id,
        control_code=control.code,
        title=first.title,
        number=first.number,
        effective_from=earlier.at,
        effective_from_before=before,
        historical_record_id=earlier.record_id,
    )
    announce(session, event, about=first, by=by, at=at, reason=earlier.reason)
    touched(session, control.id, at=at)


async def withdraw(
    session: AsyncSession, control_id: UUID, number: int, *, reason: str, by: Actor, at: datetime
) -> UUID:
    """Give up a proposed text, or an approved one whose day has not come. What was in force stays on record."""
    control = await locked(session, Control, control_id, noun="control")
    definition = await by_number(session, control_id, number)
    if definition is None:
        raise NotFound(f"There is no definition {number} of control {control.code}.")
    if control.pending_definition != number:
        raise not_allowed("withdraw", definition.state, [])
    await drop_pending(session, control, reason=reason, by=by, at=at)
    return definition.id


async def drop_pending(session: AsyncSession, control: Control, *, reason: str, by: Actor, at: datetime) -> None:
    """Withdraw what is proposed for a control, if anything is."""
    pending = await _pending(session, control)
    if pending is None:
        return
    pending.state = DefinitionState.WITHDRAWN
    if control.pending_from is not None:
        await judge_from(session, control.id, (control.pending_from - ONE_DAY).date(), at=at)
    control.pending_definition, control.pending_from = None, None
    event = DefinitionWithdrawn(
        control_id=control.id, control_code=control.code, title=pending.title, number=pending.number
    )
    announce(session, event, about=pending, by=by, at=at, reason=reason)


async def take_effect(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let the definitions whose day has come take the place of those before them; how many there were."""
    due = select(Control).where(col(Control.pending_from) <= as_of).order_by(col(Control.id)).limit(limit)
    controls = await lock_free(session, due)
    for control in controls:
        pending, begins = await _pending(session, control), control.pending_from
        assert pending is not None
        assert begins is not None
        _take_up(session, control, pending, by=SYSTEM, at=begins)
    return len(controls)


async def _approve(
    session: AsyncSession,
    control: Control,
    definition: Definition,
    *,
    approval: DefinitionApproval,
    by: Actor,
    at: datetime,
    earlier: Earlier | None,
) -> None:
    keep_apart(
        "The author of a control cannot approve it", first=definition.author, second=earlier.by if earlier else by
    )
    last = await approved(session, control.id)
    begins = earlier.at if earlier else approval.effective_from or at
    reason = earlier.reason if earlier else approval.reason
    earliest = earlier.at if earlier else at - CLOCK_SKEW
    faults = faults_of_effect(begins, last=last.effective_from if last else None, earliest=earliest, at=at)
    if faults:
        raise Invalid("The definition cannot take effect on that date.", faults=faults)
    definition.state = DefinitionState.APPROVED
    definition.approver, definition.approved_at = by.recorded, at
    definition.effective_from, definition.recorded_at = begins, at
    definition.known_from, definition.known_at = begins, at
    if earlier:
        definition.approver, definition.approved_at = dict(earlier.by), earlier.at
        definition.historical_record_id = earlier.record_id
    event = DefinitionApproved(
        control_id=control.id,
        control_code=control.code,
        title=definition.title,
        number=definition.number,
        statement=definition.statement,
        kind=definition.kind,
        nature=definition.nature,
        frequency=definition.frequency,
        requirements=definition.requirements,
        effective_from=begins,
        supersedes=last.number if last else None,
        changed=differing(text_of(last) if last else None, text_of(definition)),
        historical_record_id=definition.historical_record_id,
    )
    announce(session, event, about=definition, by=by, at=at, reason=reason)


def _take_up(session: AsyncSession, control: Control, definition: Definition, *, by: Actor, at: datetime) -> None:
    for name, value in text_of(definition).items():
        setattr(control, name, value)
    control.author, control.definition = definition.author, definition.number
    touched(session, control.id, at=at)
    control.pending_definition, control.pending_from = None, None
    event = ControlRevised(
        code=control.code,
        title=control.title,
        definition=definition.number,
        effective_from=definition.effective_from,
    )
    announce(session, event, about=control, by=by, at=at)


async def _pending(session: AsyncSession, control: Control) -> Definition | None:
    if control.pending_definition is None:
        return None
    return await by_number(session, control.id, control.pending_definition)
