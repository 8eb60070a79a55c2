"""The verbs of an exception. The health of its control follows from it, which is locked before it and touched."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.exceptions.models import ControlException, ControlExceptionPhase, ControlExceptionStatus
from services.controls.register.exceptions.rules import Term, faults_in
from services.controls.register.exceptions.schemas import ControlExceptionRequest
from shared.data.records import found, lock_by_id, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.control_exceptions import (
    ControlExceptionExpired,
    ControlExceptionExpiring,
    ControlExceptionGranted,
    ControlExceptionRefused,
    ControlExceptionRequested,
    ControlExceptionRevoked,
    ControlExceptionStarted,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart, person_of
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_EVENT = {
    ControlExceptionPhase.IN_FORCE: ControlExceptionStarted,
    ControlExceptionPhase.EXPIRING: ControlExceptionExpiring,
    ControlExceptionPhase.EXPIRED: ControlExceptionExpired,
}


class ExceptionOver(Conflict):
    """The exception has ended."""


async def request(
    session: AsyncSession, *, asked: ControlExceptionRequest, by: Actor, at: datetime
) -> ControlException:
    """Ask for an exception. `Invalid` names all that is wrong with it."""
    control = await found(session, Control, asked.control_id)
    term = Term(asked.starts_at or at, asked.expires_at)
    if faults := [*faults_in(term, at=at), *[fault async for fault in _faults(session, asked, control)]]:
        raise Invalid("; ".join(fault.detail for fault in faults), faults=faults)
    assert control is not None
    exception = ControlException(
        **asked.model_dump(exclude={"starts_at"}),
        starts_at=term.starts_at,
        expiring_from=term.expiring_from,
        org_id=organisation_of(session),
        requested_by=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(exception)
    event = ControlExceptionRequested(**_event_fields(exception, control))
    announce(session, event, about=exception, by=by, at=at, reason=asked.reason)
    return exception


async def grant(session: AsyncSession, exception_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Requested → granted, by someone who neither asked for it nor owns the control."""
    control, exception = await _decided(
        session, exception_id, ControlExceptionStatus.GRANTED, reason=reason, by=by, at=at
    )
    phase = _term(exception).phase(at)
    if phase == ControlExceptionPhase.EXPIRED:
        raise ExceptionOver("The requested period has ended; request an exception for a later period.")
    exception.announced, exception.due_at = phase, _term(exception).ends(phase)
    event = ControlExceptionGranted(**_event_fields(exception, control))
    announce(session, event, about=exception, by=by, at=at, reason=reason)
    touched(session, control.id, at=at)


async def refuse(session: AsyncSession, exception_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Requested → refused, which leaves the control as it was."""
    control, exception = await _decided(
        session, exception_id, ControlExceptionStatus.REFUSED, reason=reason, by=by, at=at
    )
    event = ControlExceptionRefused(**_event_fields(exception, control))
    announce(session, event, about=exception, by=by, at=at, reason=reason)


async def revoke(session: AsyncSession, exception_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Granted → revoked, before its time is over."""
    control, exception = await _locked(session, exception_id)
    if exception.status != ControlExceptionStatus.GRANTED:
        raise not_allowed("revoke", exception.status, _allowed(exception))
    if _term(exception).phase(at) == ControlExceptionPhase.EXPIRED:
        raise ExceptionOver("The exception has already ended.")
    exception.status, exception.announced, exception.due_at = ControlExceptionStatus.REVOKED, None, None
    exception.revoked_by, exception.revoked_at, exception.revocation_reason = by.recorded, at, reason
    event = ControlExceptionRevoked(**_event_fields(exception, control))
    announce(session, event, about=exception, by=by, at=at, reason=reason)
    touched(session, control.id, at=at)


async def announce_phases(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which exceptions have come into force, run out soon or are over, each once; how many it was."""
    due = select(ControlException).where(col(ControlException.due_at) <= as_of)
    waiting = (await session.execute(due.order_by(col(ControlException.due_at)).limit(limit))).scalars()
    named = {exception.id: exception.control_id for exception in waiting}
    controls = {control.id: control for control in await lock_by_id(session, Control, named.values())}
    again = due.where(col(ControlException.id).in_(list(named))).order_by(col(ControlException.id))
    changed = await lock_rows(session, again)
    for exception in changed:
        phase = _term(exception).phase(as_of)
        exception.announced, exception.due_at = phase, _term(exception).ends(phase)
        event = _EVENT[phase](**_event_fields(exception, controls[exception.control_id]))
        announce(session, event, about=exception, by=SYSTEM, at=as_of)
    touched(session, *{exception.control_id for exception in changed}, at=as_of)
    return len(changed)


async def _faults(
    session: AsyncSession, asked: ControlExceptionRequest, control: Control | None
) -> AsyncIterator[Fault]:
    if control is None:
        yield Fault("/control_id", "The control does not exist.")
    elif control.status == ControlStatus.RETIRED:
        yield Fault("/control_id", "The control is retired.")
    if asked.compensating_control_id is None and asked.compensating_measures is None:
        yield Fault("/compensating_measures", "Describe the compensating measures, or name a compensating control.")
    if asked.compensating_control_id is not None:
        other = await found(session, Control, asked.compensating_control_id)
        if asked.compensating_control_id == asked.control_id:
            yield Fault("/compensating_control_id", "A control cannot compensate for itself.")
        elif other is None or other.status != ControlStatus.IMPLEMENTED:
            yield Fault("/compensating_control_id", "The control does not exist or is not in operation.")
    if asked.renews is not None:
        last = await found(session, ControlException, asked.renews)
        if last is None or last.control_id != asked.control_id or last.decided_at is None:
            yield Fault("/renews", "The control has no decided exception with this id.")


async def _decided(
    session: AsyncSession, exception_id: UUID, to: ControlExceptionStatus, *, reason: str, by: Actor, at: datetime
) -> tuple[Control, ControlException]:
    control, exception = await _locked(session, exception_id)
    if exception.status != ControlExceptionStatus.REQUESTED:
        raise not_allowed("decide", exception.status, _allowed(exception))
    keep_apart("The requester of an exception cannot decide on it", first=exception.requested_by, second=by)
    keep_apart("The owner of a control cannot decide on an exception from it", first=control.owner_id, second=by)
    exception.status = to
    exception.decided_by, exception.decided_at, exception.decision_reason = by.recorded, at, reason
    return control, exception


async def _locked(session: AsyncSession, exception_id: UUID) -> tuple[Control, ControlException]:
    unlocked = await found(session, ControlException, exception_id)
    if unlocked is None:
        raise NotFound(f"There is no exception {exception_id}.")
    control = await locked(session, Control, unlocked.control_id, noun="control")
    return control, await locked(session, ControlException, exception_id, noun="exception")


def _term(exception: ControlException) -> Term:
    return Term(exception.starts_at, exception.expires_at)


def _allowed(exception: ControlException) -> list[str]:
    steps = {ControlExceptionStatus.REQUESTED: ["grant", "refuse"], ControlExceptionStatus.GRANTED: ["revoke"]}
    return steps.get(ControlExceptionStatus(exception.status), [])


def _event_fields(exception: ControlException, control: Control) -> dict[str, Any]:
    """What every event about an exception says."""
    return {
        "control_id": control.id,
        "control_code": control.code,
        "control_title": control.title,
        "starts_at": exception.starts_at,
        "expires_at": exception.expires_at,
        "requester_id": person_of(exception.requested_by),
    }
