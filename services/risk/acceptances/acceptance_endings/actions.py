"""The verbs by which an acceptance stops being in force: facts worsen, its term runs out, it is revoked, confirmed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.acceptances.acceptances.actions import (
    AcceptancePending,
    end,
    event_fields,
    locked_with_risk,
    state_of,
)
from services.risk.acceptances.acceptances.models import LIVE, Acceptance, AcceptanceStatus
from services.risk.acceptances.acceptances.queries import has_pending, locked_live
from services.risk.acceptances.acceptances.rules import next_due, passed_warnings, worsened
from services.risk.acceptances.acceptances.schemas import AcceptanceConfirmation
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.queries import lock_register
from shared.data.records import lock_by_id
from shared.data.transactions import Touch, touched
from shared.events.catalogue.acceptances import (
    AcceptanceExpired,
    AcceptanceExpiring,
    AcceptanceReproposed,
    AcceptanceRevoked,
    AcceptanceStale,
)
from shared.events.catalogue.risk import RiskStatus
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.problems import not_allowed

_CLOSED = "The risk was closed."
_EXPIRED = "Its term is over."


async def follow_risks(session: AsyncSession, touched_risks: Mapping[UUID, Touch]) -> None:
    """Let acceptances be stale of which a fact has worsened, once the risks are rated; part of the recomputation.

    Of a closed risk nothing is accepted any longer.
    """
    acceptances = await locked_live(session, touched_risks.keys())
    if not acceptances:
        return
    risks = {risk.id: risk for risk in await lock_by_id(session, Risk, {each.risk_id for each in acceptances})}
    known = await control_facts(session, {key for risk in risks.values() for key in risk.control_ids()})
    for acceptance in acceptances:
        risk, touch = risks[acceptance.risk_id], touched_risks[acceptance.risk_id]
        if risk.status == RiskStatus.CLOSED:
            end(acceptance, AcceptanceStatus.REVOKED, at=touch.at, reason=_CLOSED)
            event = AcceptanceRevoked(**event_fields(acceptance))
            announce(session, event, about=acceptance, by=touch.by, at=touch.at, reason=_CLOSED, cause=touch.cause)
            continue
        worse = worsened(acceptance.frozen, risk, known)
        if worse and acceptance.status == AcceptanceStatus.IN_FORCE:
            acceptance.status, acceptance.stale_at, acceptance.stale_reasons = AcceptanceStatus.STALE, touch.at, worse
            risk.acceptance_id = None
            stale = AcceptanceStale(**event_fields(acceptance), codes=[each["code"] for each in worse])
            reason = " ".join(each["text"] for each in worse)
            announce(session, stale, about=acceptance, by=SYSTEM, at=touch.at, reason=reason, cause=touch.cause)


async def confirm(
    session: AsyncSession, acceptance_id: UUID, *, confirmation: AcceptanceConfirmation, by: Actor, at: datetime
) -> None:
    """Stale → proposed: the same ladder decides on the risk as it is now. Refused as a proposal is."""
    acceptance, risk, in_force = await locked_with_risk(session, acceptance_id)
    if acceptance.status != AcceptanceStatus.STALE:
        raise not_allowed("confirm", acceptance.status, [])
    if await has_pending(session, risk.id, besides=acceptance.id):
        raise AcceptancePending(f"An acceptance of the risk {risk.code} waits for a decision already.")
    expires_at = confirmation.expires_at or acceptance.expires_at
    state = await state_of(session, risk, in_force, expires_at, acceptance.compensating_control_ids, at=at)
    for name, value in state.items():
        setattr(acceptance, name, value)
    acceptance.status, acceptance.round = AcceptanceStatus.PROPOSED, acceptance.round + 1
    acceptance.rationale, acceptance.expires_at = confirmation.rationale, expires_at
    acceptance.proposed_by, acceptance.proposed_at = by.recorded, at
    event = AcceptanceReproposed(**event_fields(acceptance))
    announce(session, event, about=acceptance, by=by, at=at, reason=confirmation.rationale)


async def revoke(session: AsyncSession, acceptance_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """End an acceptance, or a proposal of one, before its time: the risk is retained no longer."""
    acceptance, risk, _ = await locked_with_risk(session, acceptance_id)
    if acceptance.status not in LIVE:
        raise not_allowed("revoke", acceptance.status, [])
    _release(risk, acceptance)
    end(acceptance, AcceptanceStatus.REVOKED, at=at, reason=reason)
    announce(session, AcceptanceRevoked(**event_fields(acceptance)), about=acceptance, by=by, at=at, reason=reason)
    touched(session, risk.id, at=at, by=by, reason="The acceptance of the risk was revoked.")


async def announce_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which acceptances end in 30 or 7 days, and end those whose term is over, each once."""
    await lock_register(session)
    due = select(Acceptance).where(col(Acceptance.due_at) <= as_of).order_by(col(Acceptance.due_at)).limit(limit)
    seen = (await session.scalars(due)).all()
    risks = {risk.id: risk for risk in await lock_by_id(session, Risk, {each.risk_id for each in seen})}
    acceptances = await lock_by_id(session, Acceptance, {each.id for each in seen})
    for acceptance in acceptances:
        if acceptance.expires_at <= as_of:
            _release(risks[acceptance.risk_id], acceptance)
            end(acceptance, AcceptanceStatus.EXPIRED, at=as_of, reason=_EXPIRED)
            event = AcceptanceExpired(**event_fields(acceptance))
            announce(session, event, about=acceptance, by=SYSTEM, at=as_of, reason=_EXPIRED)
            touched(session, acceptance.risk_id, at=as_of, reason="The term of the risk's acceptance is over.")
            continue
        passed = passed_warnings(acceptance.expires_at, as_of)
        acceptance.warned = passed
        acceptance.due_at = next_due(acceptance.expires_at, passed)
        warning = AcceptanceExpiring(**event_fields(acceptance), days=min(passed))
        announce(session, warning, about=acceptance, by=SYSTEM, at=as_of)
    return len(acceptances)


def _release(risk: Risk, acceptance: Acceptance) -> None:
    if risk.acceptance_id == acceptance.id:
        risk.acceptance_id = None
