"""The verbs of an override. What it changes of a risk's rating follows when the risk is rated, before the commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.register.credits.queries import control_facts
from services.risk.register.credits.rules import ControlFacts, answers_of, lowered
from services.risk.register.overrides.models import LIVE, Override, OverrideStatus
from services.risk.register.overrides.queries import has_live
from services.risk.register.overrides.rules import basis_of, faults_in, needs_authority, why_overtaken
from services.risk.register.overrides.schemas import OverrideProposal
from services.risk.register.risks.actions import RiskIsClosed
from services.risk.register.risks.models import Risk
from services.risk.terms.authorities.queries import roles_of
from services.risk.terms.authorities.rules import has_authority, in_words
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.rules import authority_for, beyond_scale, level_of
from shared.data.records import found, lock_by_id, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Touch, touched
from shared.events.catalogue.risk import (
    AboutOverride,
    RiskOverrideApproved,
    RiskOverrideDeclined,
    RiskOverrideExpired,
    RiskOverrideOvertaken,
    RiskOverrideProposed,
    RiskOverrideRevoked,
    RiskStatus,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart, person_of
from shared.problems import Conflict, Forbidden, Invalid, NotFound, not_allowed

_ALLOWED = {OverrideStatus.PROPOSED: ["approve", "decline"], OverrideStatus.IN_FORCE: ["revoke"]}


class OverrideLive(Conflict):
    """The risk has an override that is proposed or in force."""


class OverrideOver(Conflict):
    """The term of the override is over, or the method has no such steps any longer."""


class NoAuthority(Forbidden):
    """The level of the risk needs the authority of another role."""


async def propose(
    session: AsyncSession, risk_id: UUID, *, proposal: OverrideProposal, by: Actor, at: datetime
) -> Override:
    """Propose to rate a risk otherwise than its controls say. `OverrideLive`, `RiskIsClosed`."""
    in_force = await lock_register(session)
    risk = await locked(session, Risk, risk_id, noun="risk")
    _require_open(risk)
    if faults := [*faults_in(proposal, risk, in_force.terms, at=at)]:
        raise Invalid("; ".join(fault.detail for fault in faults), faults=faults)
    if await has_live(session, risk_id):
        raise OverrideLive(f"The risk {risk.code} has an override that is proposed or in force; end that first.")
    override = Override(
        **proposal.model_dump(),
        risk_id=risk_id,
        level=level_of(in_force.terms, proposal.likelihood, proposal.impact),
        org_id=organisation_of(session),
        proposed_by=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(override)
    _announce(session, RiskOverrideProposed, override, risk, by=by, at=at, reason=proposal.reason)
    return override


async def approve(session: AsyncSession, override_id: UUID, *, note: str, by: Actor, at: datetime) -> None:
    """Approve an override, which is in force once as many people have as the level needs.

    `NoAuthority` for who has not the role for it, `SeparationOfDuties` for the proposer and who has approved already.
    """
    in_force, risk, override = await _locked(session, override_id, OverrideStatus.PROPOSED, "approve")
    _require_open(risk)
    if at >= override.expires_at or beyond_scale(in_force.terms, override.likelihood, override.impact, at=""):
        raise OverrideOver("Propose another override: this one is over.")
    keep_apart("The proposer of an override cannot approve it", first=override.proposed_by, second=by)
    for approval in override.approvals:
        keep_apart("One person cannot approve an override twice", first=approval["by"], second=by)
    needed = await _require_authority(session, risk, override, in_force, by)
    override.approvals = [*override.approvals, {"by": by.recorded, "at": at.isoformat(), "note": note}]
    if len(override.approvals) < needed:
        return
    answers = answers_of(risk, await control_facts(session, risk.control_ids()))
    computed = lowered(risk.inherent_likelihood, risk.inherent_impact, answers, in_force.terms.credit)
    override.basis = basis_of(risk, answers, computed, in_force)
    override.status, override.in_force_at = OverrideStatus.IN_FORCE, at
    override.level = level_of(in_force.terms, override.likelihood, override.impact)
    risk.override = {
        "id": str(override.id),
        "likelihood": override.likelihood,
        "impact": override.impact,
        "expires_at": override.expires_at.isoformat(),
    }
    _announce(session, RiskOverrideApproved, override, risk, by=by, at=at, reason=note)
    touched(session, risk.id, at=at, by=by, reason=f"An override came into force: {override.reason}")


async def decline(session: AsyncSession, override_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Decline a proposed override; its proposer may take it back so."""
    _, risk, override = await _locked(session, override_id, OverrideStatus.PROPOSED, "decline")
    _end(session, OverrideStatus.DECLINED, override, risk, by=by, at=at, reason=reason)


async def revoke(session: AsyncSession, override_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """End an override in force before its time: the computed rating counts again."""
    _, risk, override = await _locked(session, override_id, OverrideStatus.IN_FORCE, "revoke")
    _end(session, OverrideStatus.REVOKED, override, risk, by=by, at=at, reason=reason)
    touched(session, risk.id, at=at, by=by, reason=f"The override was revoked: {reason}")


async def expire(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """End the overrides whose term is over, each once; how many it was."""
    await lock_register(session)
    over = select(Override).where(col(Override.status).in_(LIVE), col(Override.expires_at) <= as_of)
    due = (await session.scalars(over.order_by(col(Override.expires_at)).limit(limit))).all()
    risks = {risk.id: risk for risk in await lock_by_id(session, Risk, [each.risk_id for each in due])}
    for override in await lock_by_id(session, Override, [each.id for each in due]):
        risk = risks[override.risk_id]
        _end(session, OverrideStatus.EXPIRED, override, risk, by=SYSTEM, at=as_of, reason="Its term is over.")
        touched(session, risk.id, at=as_of, reason="The override of the rating expired.")
    return len(due)


async def overtake(
    session: AsyncSession,
    touches: Mapping[UUID, Touch],
    risks: Sequence[Risk],
    known: Mapping[UUID, ControlFacts],
    in_force: InForce,
) -> None:
    """End the overrides of these risks whose basis has worsened. The risks are locked, and rated afterwards."""
    named = {UUID(risk.override["id"]): risk for risk in risks if risk.override}
    for override in await lock_by_id(session, Override, named):
        risk = named[override.id]
        touch, answers = touches[risk.id], answers_of(risk, known)
        computed = lowered(risk.inherent_likelihood, risk.inherent_impact, answers, in_force.terms.credit)
        if why := why_overtaken(override.basis or {}, basis_of(risk, answers, computed, in_force)):
            status, at, cause = OverrideStatus.OVERTAKEN, touch.at, touch.cause
            _end(session, status, override, risk, by=SYSTEM, at=at, reason=why, cause=cause)


_EVENT: dict[OverrideStatus, type[AboutOverride]] = {
    OverrideStatus.DECLINED: RiskOverrideDeclined,
    OverrideStatus.REVOKED: RiskOverrideRevoked,
    OverrideStatus.EXPIRED: RiskOverrideExpired,
    OverrideStatus.OVERTAKEN: RiskOverrideOvertaken,
}


def _end(
    session: AsyncSession,
    status: OverrideStatus,
    override: Override,
    risk: Risk,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    cause: UUID | None = None,
) -> None:
    override.status, override.ended_at, override.ended_by, override.end_reason = status, at, by.recorded, reason
    _announce(session, _EVENT[status], override, risk, by=by, at=at, reason=reason, cause=cause)
    risk.override = None  # one that is only proposed is on no risk, and no other is live


def _announce(session: AsyncSession, kind: type[AboutOverride], override: Override, risk: Risk, **how: Any) -> None:
    event = kind(
        risk_id=risk.id,
        risk_code=risk.code,
        likelihood=override.likelihood,
        impact=override.impact,
        expires_at=override.expires_at,
    )
    announce(session, event, about=override, **how)


def _require_open(risk: Risk) -> None:
    if risk.status == RiskStatus.CLOSED:
        raise RiskIsClosed(f"The risk {risk.code} is closed.")


async def _require_authority(
    session: AsyncSession, risk: Risk, override: Override, in_force: InForce, by: Actor
) -> int:
    """How many people have to approve; `NoAuthority` when this one cannot."""
    if not needs_authority(risk, override.likelihood, override.impact, in_force.terms):
        return 1
    authority = authority_for(in_force.terms, risk.computed_level)
    if not has_authority(authority, await roles_of(session, person_of(by))):
        raise NoAuthority(f"To lower a risk above the tolerance, this level needs {in_words(authority)}.")
    return max(1, authority.approvers)


async def _locked(
    session: AsyncSession, override_id: UUID, status: OverrideStatus, verb: str
) -> tuple[InForce, Risk, Override]:
    in_force = await lock_register(session)
    unlocked = await found(session, Override, override_id)
    if unlocked is None:
        raise NotFound(f"There is no override {override_id}.")
    risk = await locked(session, Risk, unlocked.risk_id, noun="risk")
    override = await locked(session, Override, override_id, noun="override")
    if override.status != status:
        raise not_allowed(verb, override.status, _ALLOWED.get(OverrideStatus(override.status), []))
    return in_force, risk, override
