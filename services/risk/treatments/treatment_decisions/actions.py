"""The verbs of a decision: the owner's, and the approval of those whom the ladder names above the owner's authority.

ISO/IEC 27001 6.1.3 f asks the risk's owner to approve the treatment plan. Whoever proposed it decides on it in no role,
and each person decides once a round. The ladder is read for the level that the risk has until the treatment is done.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.acceptances.acceptance_decisions.actions import NotOnTheLadder
from services.risk.acceptances.acceptances.rules import worsened
from services.risk.register.credits.queries import control_facts
from services.risk.register.lifecycles.actions import NotTheOwner
from services.risk.register.risks.actions import change
from services.risk.register.risks.models import Risk
from services.risk.register.risks.rules import target_columns
from services.risk.register.risks.schemas import TargetRating
from services.risk.terms.in_force.models import InForce
from services.risk.treatments.treatment_actions.actions import watch
from services.risk.treatments.treatment_actions.queries import undone_of
from services.risk.treatments.treatments.actions import locked_with_risk, tell
from services.risk.treatments.treatments.models import Treatment, TreatmentStatus
from services.risk.treatments.treatments.rules import (
    TreatmentVerb,
    faults_in_target,
    next_telling,
    require_allowed,
    warned_by,
)
from services.risk.treatments.treatments.schemas import TreatmentDecision, TreatmentRole, TreatmentVerdict
from shared.data.transactions import touched
from shared.events.catalogue.treatments import (
    TreatmentApproved,
    TreatmentAuthorityApproved,
    TreatmentOwnerApproved,
    TreatmentReturned,
)
from shared.identity.callers import Actor, keep_apart, person_of
from shared.people.references import people_with_ids
from shared.problems import Conflict, Fault, Invalid

_APPROVED = "A treatment of the risk was approved."


class TreatmentOutdated(Conflict):
    """The risk is worse than when the treatment was proposed."""


class OwnerDecidesFirst(Conflict):
    """The owner of the risk has not approved the treatment yet."""


async def decide_as_owner(
    session: AsyncSession, treatment_id: UUID, *, draft: TreatmentDecision, by: Actor, at: datetime
) -> None:
    """Proposed → approved within the owner's authority, or a draft again.

    `NotTheOwner`, `TreatmentOutdated`; `SeparationOfDuties` for the proposer and who has decided already.
    """
    treatment, risk, in_force = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.DECIDE, treatment)
    if person_of(by) != risk.owner_id:
        raise NotTheOwner(f"Only the owner of the risk {risk.code} approves what is done about it.")
    await _decide(session, treatment, risk, in_force, draft, TreatmentRole.OWNER, by=by, at=at)
    if draft.decision == TreatmentVerdict.APPROVE:
        tell(session, treatment, TreatmentOwnerApproved, by=by, at=at, reason=draft.note)
        await _approve_if_complete(session, treatment, risk, by=by, at=at)


async def approve(
    session: AsyncSession, treatment_id: UUID, *, draft: TreatmentDecision, by: Actor, at: datetime
) -> None:
    """Proposed and approved by the owner → approved with the last approval that the ladder asks for, or a draft again.

    `OwnerDecidesFirst`, `NotOnTheLadder`, `TreatmentOutdated`; `SeparationOfDuties` for the proposer and who has
    decided already.
    """
    treatment, risk, in_force = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.APPROVE, treatment)
    if not _of_round(treatment):
        raise OwnerDecidesFirst(f"The owner of the risk {risk.code} decides first.")
    await _decide(session, treatment, risk, in_force, draft, TreatmentRole.APPROVER, by=by, at=at)
    if draft.decision == TreatmentVerdict.APPROVE:
        tell(session, treatment, TreatmentAuthorityApproved, by=by, at=at, reason=draft.note)
        await _approve_if_complete(session, treatment, risk, by=by, at=at)


async def _decide(
    session: AsyncSession,
    treatment: Treatment,
    risk: Risk,
    in_force: InForce,
    draft: TreatmentDecision,
    role: TreatmentRole,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Put the decision on record, unless this person may not take it."""
    keep_apart("Who proposed a treatment cannot decide on it", first=treatment.proposed_by, second=by)
    for earlier in _of_round(treatment):
        keep_apart("Who has decided on a treatment cannot decide again", first=earlier["by"], second=by)
    roles = await _roles_of(session, by)
    if role == TreatmentRole.APPROVER and not set(roles) & set(treatment.approver_roles):
        raise NotOnTheLadder(f"This needs one of the roles {', '.join(treatment.approver_roles)}.")
    if draft.decision == TreatmentVerdict.RETURN and draft.note is None:
        raise Invalid("A return says why.", faults=[Fault("/note", "A return says why.")])
    if draft.decision == TreatmentVerdict.APPROVE:
        await _require_unchanged(session, treatment, risk, in_force)
    assert treatment.frozen is not None, "a proposal keeps the risk as it is"
    decision: dict[str, Any] = {
        "decision": str(draft.decision),
        "role": str(role),
        "by": by.recorded,
        "roles": sorted(roles),
        "at": at.isoformat(),
        "note": draft.note,
        "round": treatment.round,
        "risk_version": treatment.frozen["risk_version"],
    }
    treatment.decisions = [*treatment.decisions, decision]
    if draft.decision == TreatmentVerdict.RETURN:
        treatment.status = TreatmentStatus.DRAFT
        tell(session, treatment, TreatmentReturned, by=by, at=at, reason=draft.note)


async def _require_unchanged(session: AsyncSession, treatment: Treatment, risk: Risk, in_force: InForce) -> None:
    assert treatment.frozen is not None, "a proposal keeps the risk as it is"
    worse = worsened(treatment.frozen, risk, await control_facts(session, risk.control_ids()))
    reasons = [each["text"] for each in worse]
    reasons += [fault.detail for fault in faults_in_target(treatment.target, risk, in_force.terms)]
    if reasons:
        raise TreatmentOutdated(f"{' '.join(reasons)} Return it and propose it again.")


async def _approve_if_complete(
    session: AsyncSession, treatment: Treatment, risk: Risk, *, by: Actor, at: datetime
) -> None:
    """Approve a treatment when everybody has decided: its due days count, and its target is the risk's."""
    approvals = [each for each in _of_round(treatment) if each["role"] == TreatmentRole.APPROVER]
    if len(approvals) < treatment.approvers_needed:
        return
    assert treatment.due_on is not None, "a proposal has a due day"
    assert treatment.target is not None, "a proposal has a target"
    treatment.status, treatment.approved_at = TreatmentStatus.APPROVED, at
    treatment.warned = warned_by(treatment.due_on, at)
    treatment.due_at = next_telling(treatment.due_on, treatment.warned, treatment.overdue_told_for)
    for action in await undone_of(session, [treatment.id]):
        watch(action, at)
    tell(session, treatment, TreatmentApproved, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason=_APPROVED)
    if risk.target != treatment.target:
        likelihood, impact = treatment.target
        target = target_columns(TargetRating(likelihood=likelihood, impact=impact)) | {"target_level": None}
        change(session, risk, target, by=by, at=at, reason=_APPROVED)  # last: it is written when it has been rated


def _of_round(treatment: Treatment) -> list[dict[str, Any]]:
    return [each for each in treatment.decisions if each["round"] == treatment.round]


async def _roles_of(session: AsyncSession, by: Actor) -> list[str]:
    person = person_of(by)
    if person is None:
        return []
    known = await people_with_ids(session, [person])
    return list(known[person].roles) if person in known else []
