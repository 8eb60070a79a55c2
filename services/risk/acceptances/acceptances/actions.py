"""The verb of a proposal. Whoever changes an acceptance holds the register, the risk and then the acceptance."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.acceptances.acceptances.models import Acceptance, AcceptanceStatus
from services.risk.acceptances.acceptances.queries import has_pending
from services.risk.acceptances.acceptances.rules import faults_in, frozen_of
from services.risk.acceptances.acceptances.schemas import AcceptanceDraft
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.rules import authority_for
from shared.data.records import found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.acceptances import AcceptanceProposed
from shared.events.catalogue.risk import RiskStanding, RiskStatus
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.people.duties import Handover
from shared.problems import Conflict, Invalid, NotFound


class RiskNotOpen(Conflict):
    """The risk is not open: its owner has not agreed, or it is closed."""


class AboveCapacity(Conflict):
    """The risk is above what the organisation can bear; nobody can accept it."""


class AcceptancePending(Conflict):
    """Another acceptance of the risk waits for a decision."""


async def propose(session: AsyncSession, *, draft: AcceptanceDraft, by: Actor, at: datetime) -> Acceptance:
    """Propose to retain a risk as it is now. `RiskNotOpen`, `AboveCapacity`, `AcceptancePending`."""
    in_force = await lock_register(session)
    risk = await locked(session, Risk, draft.risk_id, noun="risk")
    if await has_pending(session, risk.id):
        raise AcceptancePending(f"An acceptance of the risk {risk.code} waits for a decision already.")
    acceptance = Acceptance(
        risk_id=risk.id,
        risk_code=risk.code,
        rationale=draft.rationale,
        compensating_control_ids=draft.compensating_control_ids,
        expires_at=draft.expires_at,
        decisions=[],
        stale_reasons=[],
        warned=[],
        **await state_of(session, risk, in_force, draft.expires_at, draft.compensating_control_ids, at=at),
        proposed_by=by.recorded,
        proposed_at=at,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(acceptance)
    event = AcceptanceProposed(**event_fields(acceptance))
    announce(session, event, about=acceptance, by=by, at=at, reason=draft.rationale)
    return acceptance


async def state_of(
    session: AsyncSession,
    risk: Risk,
    in_force: InForce,
    expires_at: datetime,
    compensating: list[UUID],
    *,
    at: datetime,
) -> dict[str, Any]:
    """The columns that say what is decided on and by whom, as of now; refused as `propose` says."""
    if risk.status != RiskStatus.OPEN or risk.owner_agreed_at is None:
        raise RiskNotOpen(f"The risk {risk.code} is {risk.status}, or its owner has not agreed to answer for it.")
    if risk.standing == RiskStanding.ABOVE_CAPACITY:
        raise AboveCapacity(f"The risk {risk.code} is above the capacity ({risk.capacity}): treat or avoid it.")
    authority = authority_for(in_force.terms, risk.current_level)
    if faults := list(faults_in(risk, authority, expires_at=expires_at, compensating=compensating, at=at)):
        raise Invalid(faults[0].detail, faults=faults)
    return {
        "frozen": frozen_of(risk, await control_facts(session, risk.control_ids())),
        "owner_id": risk.owner_id,
        "level": risk.current_level,
        "approvers_needed": authority.approvers,
        "approver_roles": [str(role) for role in authority.roles],
        "due_at": expires_at,
    }


async def locked_with_risk(session: AsyncSession, acceptance_id: UUID) -> tuple[Acceptance, Risk, InForce]:
    """An acceptance and its risk, locked after the register; `NotFound`."""
    in_force = await lock_register(session)
    seen = await found(session, Acceptance, acceptance_id)
    if seen is None:
        raise NotFound(f"There is no acceptance {acceptance_id}.")
    risk = await locked(session, Risk, seen.risk_id, noun="risk")
    return await locked(session, Acceptance, acceptance_id, noun="acceptance"), risk, in_force


async def hand_over(_session: AsyncSession, _handover: Handover) -> None:
    """Nothing to do: who owns a risk decides on its acceptances, and the risk itself is handed over."""


def event_fields(acceptance: Acceptance) -> dict[str, Any]:
    """What every event about an acceptance says."""
    names = ("risk_id", "risk_code", "status", "level", "owner_id", "expires_at")
    return {name: getattr(acceptance, name) for name in names}


def end(acceptance: Acceptance, status: AcceptanceStatus, *, at: datetime, reason: str) -> None:
    """Bring an acceptance to its end."""
    acceptance.status, acceptance.ended_at, acceptance.end_reason = status, at, reason
    acceptance.due_at = None
