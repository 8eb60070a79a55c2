"""The verbs of a decision: the owner's, and the approval of those whom the ladder names above the owner's authority.

ISO/IEC 27001 6.1.3 f asks the risk's owner to accept the residual risk. Whoever proposed an acceptance decides on it in
no role, and each person decides once a round.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.acceptances.acceptances.actions import end, event_fields, locked_with_risk
from services.risk.acceptances.acceptances.models import Acceptance, AcceptanceStatus
from services.risk.acceptances.acceptances.queries import locked_live
from services.risk.acceptances.acceptances.rules import next_due, passed_warnings, worsened
from services.risk.acceptances.acceptances.schemas import AcceptanceDecision, AcceptanceRole, AcceptanceVerdict
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.models import Risk
from shared.data.transactions import touched
from shared.events.catalogue.acceptances import (
    AcceptanceApproved,
    AcceptanceDeclined,
    AcceptanceGranted,
    AcceptanceOwnerAccepted,
    AcceptanceSuperseded,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart, person_of
from shared.people.references import people_with_ids
from shared.problems import Conflict, Fault, Forbidden, Invalid, not_allowed


class NotTheRisksOwner(Forbidden):
    """Only the owner of the risk can accept it."""


class NotOnTheLadder(Forbidden):
    """The person has none of the roles that may approve this at the risk's level."""


class ProposalOutdated(Conflict):
    """The risk is worse than when the acceptance was proposed."""


async def decide_as_owner(
    session: AsyncSession, acceptance_id: UUID, *, draft: AcceptanceDecision, by: Actor, at: datetime
) -> None:
    """Proposed → accepted, in force at once within the owner's authority, or declined.

    `NotTheRisksOwner`, `ProposalOutdated`; `SeparationOfDuties` for the proposer.
    """
    acceptance, risk, _ = await locked_with_risk(session, acceptance_id)
    if acceptance.status != AcceptanceStatus.PROPOSED:
        raise not_allowed("decide as owner", acceptance.status, [])
    if person_of(by) != risk.owner_id:
        raise NotTheRisksOwner(f"Only the owner of the risk {risk.code} accepts it.")
    await _decide(session, acceptance, risk, draft, AcceptanceRole.OWNER, by=by, at=at)
    if draft.decision == AcceptanceVerdict.ACCEPT:
        acceptance.status = AcceptanceStatus.ACCEPTED
        event = AcceptanceOwnerAccepted(**event_fields(acceptance))
        announce(session, event, about=acceptance, by=by, at=at, reason=draft.note)
        await _grant_if_complete(session, acceptance, risk, by=by, at=at)


async def approve(
    session: AsyncSession, acceptance_id: UUID, *, draft: AcceptanceDecision, by: Actor, at: datetime
) -> None:
    """Accepted by the owner → in force with the last approval that the ladder asks for, or declined.

    `NotOnTheLadder`, `ProposalOutdated`; `SeparationOfDuties` for the proposer and who has decided already.
    """
    acceptance, risk, _ = await locked_with_risk(session, acceptance_id)
    if acceptance.status != AcceptanceStatus.ACCEPTED:
        raise not_allowed("approve", acceptance.status, [])
    for decision in acceptance.decisions:
        if decision["round"] == acceptance.round:
            keep_apart("Who has decided on an acceptance cannot approve it as well", first=decision["by"], second=by)
    await _decide(session, acceptance, risk, draft, AcceptanceRole.APPROVER, by=by, at=at)
    if draft.decision == AcceptanceVerdict.ACCEPT:
        event = AcceptanceApproved(**event_fields(acceptance))
        announce(session, event, about=acceptance, by=by, at=at, reason=draft.note)
        await _grant_if_complete(session, acceptance, risk, by=by, at=at)


async def _decide(
    session: AsyncSession,
    acceptance: Acceptance,
    risk: Risk,
    draft: AcceptanceDecision,
    role: AcceptanceRole,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Put the decision on record, unless this person may not take it."""
    keep_apart("Who proposed an acceptance cannot decide on it", first=acceptance.proposed_by, second=by)
    roles = await _roles_of(session, by)
    if role == AcceptanceRole.APPROVER and not set(roles) & set(acceptance.approver_roles):
        raise NotOnTheLadder(f"This needs one of the roles {', '.join(acceptance.approver_roles)}.")
    if draft.decision == AcceptanceVerdict.DECLINE and draft.note is None:
        raise Invalid("A refusal says why.", faults=[Fault("/note", "A refusal says why.")])
    if draft.decision == AcceptanceVerdict.ACCEPT:
        await _require_unchanged(session, acceptance, risk, at)
    decision: dict[str, Any] = {
        "decision": str(draft.decision),
        "role": str(role),
        "by": by.recorded,
        "roles": sorted(roles),
        "at": at.isoformat(),
        "note": draft.note,
        "round": acceptance.round,
        "risk_version": acceptance.frozen["risk_version"],
    }
    acceptance.decisions = [*acceptance.decisions, decision]
    if draft.decision == AcceptanceVerdict.DECLINE:
        assert draft.note is not None, "it was asked for"
        end(acceptance, AcceptanceStatus.DECLINED, at=at, reason=draft.note)
        event = AcceptanceDeclined(**event_fields(acceptance))
        announce(session, event, about=acceptance, by=by, at=at, reason=draft.note)


async def _require_unchanged(session: AsyncSession, acceptance: Acceptance, risk: Risk, at: datetime) -> None:
    if acceptance.expires_at <= at:
        raise ProposalOutdated("Its term has run out: decline it and propose another.")
    if worse := worsened(acceptance.frozen, risk, await control_facts(session, risk.control_ids())):
        reasons = " ".join(each["text"] for each in worse)
        raise ProposalOutdated(f"{reasons} Decline it and propose another.")


async def _grant_if_complete(
    session: AsyncSession, acceptance: Acceptance, risk: Risk, *, by: Actor, at: datetime
) -> None:
    """Put it in force when everybody has decided, in the place of the one before."""
    approvals = [
        each
        for each in acceptance.decisions
        if each["round"] == acceptance.round and each["role"] == AcceptanceRole.APPROVER
    ]
    if len(approvals) < acceptance.approvers_needed:
        return
    for former in await locked_live(session, [risk.id]):
        if former.id != acceptance.id:
            end(former, AcceptanceStatus.SUPERSEDED, at=at, reason="Another acceptance is in force.")
            announce(session, AcceptanceSuperseded(**event_fields(former)), about=former, by=by, at=at)
    await session.flush()  # at most one of a risk is in force
    acceptance.status, acceptance.in_force_at = AcceptanceStatus.IN_FORCE, at
    acceptance.stale_at, acceptance.stale_reasons = None, []
    acceptance.warned = passed_warnings(acceptance.expires_at, at)
    acceptance.due_at = next_due(acceptance.expires_at, acceptance.warned)
    risk.acceptance_id = acceptance.id
    announce(session, AcceptanceGranted(**event_fields(acceptance)), about=acceptance, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason="The risk was accepted.")


async def _roles_of(session: AsyncSession, by: Actor) -> list[str]:
    person = person_of(by)
    if person is None:
        return []
    known = await people_with_ids(session, [person])
    return list(known[person].roles) if person in known else []
