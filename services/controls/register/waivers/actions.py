"""The verbs of a waiver. It is decided under the lock of its control, whose health it does not change."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.waivers.models import Waiver, WaiverPhase, WaiverStatus
from services.controls.register.waivers.rules import Term, faults_in
from services.controls.register.waivers.schemas import WaiverRequest
from shared.data.records import found, lock_by_id, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.waivers import (
    WaiverExpired,
    WaiverExpiring,
    WaiverGranted,
    WaiverRefused,
    WaiverRequested,
    WaiverRevoked,
    WaiverStarted,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart, person_of
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_EVENT = {
    WaiverPhase.IN_FORCE: WaiverStarted,
    WaiverPhase.EXPIRING: WaiverExpiring,
    WaiverPhase.EXPIRED: WaiverExpired,
}


class WaiverOver(Conflict):
    """The waiver has ended."""


async def request(session: AsyncSession, *, asked: WaiverRequest, by: Actor, at: datetime) -> Waiver:
    """Ask for a waiver. `Invalid` names all that is wrong with it."""
    control = await found(session, Control, asked.control_id)
    term = Term(asked.starts_at or at, asked.expires_at)
    if faults := [*faults_in(term, at=at), *[fault async for fault in _faults(session, asked, control)]]:
        raise Invalid("; ".join(fault.detail for fault in faults), faults=faults)
    assert control is not None
    waiver = Waiver(
        **asked.model_dump(exclude={"starts_at"}),
        starts_at=term.starts_at,
        expiring_from=term.expiring_from,
        org_id=organisation_of(session),
        requested_by=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(waiver)
    event = WaiverRequested(**_event_fields(waiver, control))
    announce(session, event, about=waiver, by=by, at=at, reason=asked.reason)
    return waiver


async def grant(session: AsyncSession, waiver_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Requested → granted, by someone who neither asked for it nor owns the control."""
    control, waiver = await _decided(session, waiver_id, WaiverStatus.GRANTED, reason=reason, by=by, at=at)
    phase = _term(waiver).phase(at)
    if phase == WaiverPhase.EXPIRED:
        raise WaiverOver("The requested period has ended; request a waiver for a later period.")
    waiver.announced, waiver.due_at = phase, _term(waiver).ends(phase)
    event = WaiverGranted(**_event_fields(waiver, control))
    announce(session, event, about=waiver, by=by, at=at, reason=reason)


async def refuse(session: AsyncSession, waiver_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Requested → refused, which leaves the control as it was."""
    control, waiver = await _decided(session, waiver_id, WaiverStatus.REFUSED, reason=reason, by=by, at=at)
    event = WaiverRefused(**_event_fields(waiver, control))
    announce(session, event, about=waiver, by=by, at=at, reason=reason)


async def revoke(session: AsyncSession, waiver_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Granted → revoked, before its time is over."""
    control, waiver = await _locked(session, waiver_id)
    if waiver.status != WaiverStatus.GRANTED:
        raise not_allowed("revoke", waiver.status, _allowed(waiver))
    if _term(waiver).phase(at) == WaiverPhase.EXPIRED:
        raise WaiverOver("The waiver has already ended.")
    waiver.status, waiver.announced, waiver.due_at = WaiverStatus.REVOKED, None, None
    waiver.revoked_by, waiver.revoked_at, waiver.revocation_reason = by.recorded, at, reason
    event = WaiverRevoked(**_event_fields(waiver, control))
    announce(session, event, about=waiver, by=by, at=at, reason=reason)


async def announce_phases(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which waivers have come into force, run out soon or are over, each once; how many it was."""
    due = select(Waiver).where(col(Waiver.due_at) <= as_of)
    waiting = (await session.execute(due.order_by(col(Waiver.due_at)).limit(limit))).scalars()
    named = {waiver.id: waiver.control_id for waiver in waiting}
    controls = {control.id: control for control in await lock_by_id(session, Control, named.values())}
    again = due.where(col(Waiver.id).in_(list(named))).order_by(col(Waiver.id))
    changed = await lock_rows(session, again)
    for waiver in changed:
        phase = _term(waiver).phase(as_of)
        waiver.announced, waiver.due_at = phase, _term(waiver).ends(phase)
        event = _EVENT[phase](**_event_fields(waiver, controls[waiver.control_id]))
        announce(session, event, about=waiver, by=SYSTEM, at=as_of)
    return len(changed)


async def _faults(session: AsyncSession, asked: WaiverRequest, control: Control | None) -> AsyncIterator[Fault]:
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
        last = await found(session, Waiver, asked.renews)
        if last is None or last.control_id != asked.control_id or last.decided_at is None:
            yield Fault("/renews", "The control has no decided waiver with this id.")


async def _decided(
    session: AsyncSession, waiver_id: UUID, to: WaiverStatus, *, reason: str, by: Actor, at: datetime
) -> tuple[Control, Waiver]:
    control, waiver = await _locked(session, waiver_id)
    if waiver.status != WaiverStatus.REQUESTED:
        raise not_allowed("decide", waiver.status, _allowed(waiver))
    keep_apart("The requester of a waiver cannot decide on it", first=waiver.requested_by, second=by)
    keep_apart("The owner of a control cannot decide on a waiver from it", first=control.owner_id, second=by)
    waiver.status = to
    waiver.decided_by, waiver.decided_at, waiver.decision_reason = by.recorded, at, reason
    return control, waiver


async def _locked(session: AsyncSession, waiver_id: UUID) -> tuple[Control, Waiver]:
    unlocked = await found(session, Waiver, waiver_id)
    if unlocked is None:
        raise NotFound(f"There is no waiver {waiver_id}.")
    control = await locked(session, Control, unlocked.control_id, noun="control")
    return control, await locked(session, Waiver, waiver_id, noun="waiver")


def _term(waiver: Waiver) -> Term:
    return Term(waiver.starts_at, waiver.expires_at)


def _allowed(waiver: Waiver) -> list[str]:
    steps = {WaiverStatus.REQUESTED: ["grant", "refuse"], WaiverStatus.GRANTED: ["revoke"]}
    return steps.get(WaiverStatus(waiver.status), [])


def _event_fields(waiver: Waiver, control: Control) -> dict[str, Any]:
    """What every event about a waiver says."""
    return {
        "control_id": control.id,
        "control_code": control.code,
        "control_title": control.title,
        "starts_at": waiver.starts_at,
        "expires_at": waiver.expires_at,
        "requester_id": person_of(waiver.requested_by),
    }
