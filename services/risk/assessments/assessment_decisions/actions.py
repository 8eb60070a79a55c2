"""The verbs by which an assessment is submitted, approved or returned, and applied to the register."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.assessments.assessed_risks.models import AssessedRisk, AssessedRiskStatus
from services.risk.assessments.assessed_risks.queries import has_rated, locked_risks
from services.risk.assessments.assessment_decisions.schemas import AssessmentCompletion
from services.risk.assessments.assessment_documents.rules import digest_of, record_of
from services.risk.assessments.assessments.actions import locked_for, tell
from services.risk.assessments.assessments.models import Assessment, AssessmentStatus
from services.risk.assessments.drifts.queries import moved_now
from services.risk.register.risks.actions import event_fields
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.queries import lock_register
from shared.data.records import lock_by_id
from shared.data.transactions import touched
from shared.events.catalogue.risk import RiskRevised, RiskStatus
from shared.events.catalogue.risk_assessments import (
    RiskAssessmentApprovalGiven,
    RiskAssessmentApproved,
    RiskAssessmentCompleted,
    RiskAssessmentReturned,
    RiskAssessmentSubmitted,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart, person_of
from shared.problems import Conflict, Fault, Forbidden, SeparationOfDuties

_OPEN = (AssessedRiskStatus.UNTOUCHED, AssessedRiskStatus.RATED, AssessedRiskStatus.DISPUTED)


class OnlyApproversApprove(Forbidden):
    """Only the named approvers of the assessment approve it."""


class RisksUndecided(Conflict):
    """Some risks of the assessment are untouched, rated by too few, or disputed."""


class MethodReplaced(Conflict):
    """Another method is in force than at the start: the ratings are not comparable."""


class DriftUnseen(Conflict):
    """Some risks moved since the scope was frozen, and the completion does not name them."""


async def submit(session: AsyncSession, assessment_id: UUID, *, by: Actor, at: datetime) -> None:
    """→ submitted, when every risk is confirmed or resolved. `RisksUndecided`."""
    assessment = await locked_for(session, assessment_id, "submit")
    _require_decided(assessment)
    assessment.status, assessment.submitted_at, assessment.submitted_by = AssessmentStatus.SUBMITTED, at, by.recorded
    tell(session, assessment, RiskAssessmentSubmitted, by=by, at=at)


async def approve(session: AsyncSession, assessment_id: UUID, *, note: str | None, by: Actor, at: datetime) -> None:
    """Submitted → approved, with the last approval that it needs.

    `OnlyApproversApprove` where others are named. `SeparationOfDuties` for who submitted it, rated or resolved any risk
    of it, or has approved it in this round.
    """
    assessment = await locked_for(session, assessment_id, "approve")
    person = person_of(by)
    if assessment.approver_ids and person not in assessment.approver_ids:
        raise OnlyApproversApprove(f"Only the approvers that '{assessment.title}' names approve it.")
    keep_apart("Who submitted an assessment cannot approve it", first=assessment.submitted_by, second=by)
    for approval in _of_this_round(assessment):
        keep_apart("One person cannot approve an assessment twice", first=approval["by"], second=by)
    if person is not None and await has_rated(session, assessment.id, person):
        raise SeparationOfDuties(f"Who rated a risk cannot approve its assessment; this needs another than {by.label}.")
    approval = {"by": by.recorded, "at": at.isoformat(), "note": note, "round": assessment.round}
    assessment.approvals = [*assessment.approvals, approval]
    tell(session, assessment, RiskAssessmentApprovalGiven, by=by, at=at, reason=note)
    if len(_of_this_round(assessment)) >= assessment.approvers_needed:
        assessment.status = AssessmentStatus.APPROVED
        tell(session, assessment, RiskAssessmentApproved, by=by, at=at)


async def return_(session: AsyncSession, assessment_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Submitted or approved → returned: participants rate again, and all approve anew."""
    assessment = await locked_for(session, assessment_id, "return")
    returned = {"by": by.recorded, "at": at.isoformat(), "reason": reason, "round": assessment.round}
    assessment.returns = [*assessment.returns, returned]
    assessment.status, assessment.round = AssessmentStatus.RETURNED, assessment.round + 1
    tell(session, assessment, RiskAssessmentReturned, by=by, at=at, reason=reason)


async def complete(
    session: AsyncSession, assessment_id: UUID, *, completion: AssessmentCompletion, by: Actor, at: datetime
) -> None:
    """Approved → completed: every risk that is not closed is rated as was agreed, all in this transaction.

    `MethodReplaced`, and `DriftUnseen` unless the completion names every risk that moved.
    """
    in_force = await lock_register(session)
    assessment = await locked_for(session, assessment_id, "complete")
    if in_force.number != assessment.method_number:
        raise MethodReplaced(
            f"Method {in_force.number} is in force; the risks were rated by {assessment.method_number}. Cancel this"
            " assessment and start another."
        )
    assessed = await locked_risks(session, assessment.id)
    risks = {risk.id: risk for risk in await lock_by_id(session, Risk, [each.risk_id for each in assessed])}
    moved = await moved_now(session, assessment, assessed)
    _require_seen(assessed, moved, completion)
    for each in assessed:
        each.applied, each.drift = risks[each.risk_id].status != RiskStatus.CLOSED, moved[each.id]
    assessment.status, assessment.notice_at = AssessmentStatus.COMPLETED, None
    assessment.completed_at, assessment.completed_by = at, by.recorded
    assessment.completion_note = completion.note
    assessment.digest = digest_of(record_of(assessment, assessed))
    tell(session, assessment, RiskAssessmentCompleted, by=by, at=at, reason=completion.note, digest=assessment.digest)
    for each in assessed:  # last of all: a risk is written when it has been rated
        if each.applied:
            _apply(session, assessment, each, risks[each.risk_id], by=by, at=at)


def _apply(
    session: AsyncSession, assessment: Assessment, assessed: AssessedRisk, risk: Risk, *, by: Actor, at: datetime
) -> None:
    """Rate a risk as was agreed. A target above the new inherent rating is lowered to it: treatment raises nothing."""
    assert assessed.result is not None, "only decided risks are applied"
    inherent = assessed.result["inherent"]
    risk.inherent_likelihood, risk.inherent_impact = inherent["likelihood"], inherent["impact"]
    risk.likelihood_from = assessed.result["likelihood_from"]
    # It is looked up when the risk is rated, and differs from what stands here: so it is recorded when nothing moved.
    risk.inherent_level = ""
    risk.assessment_id = assessment.id
    if risk.target_likelihood is not None and risk.target_impact is not None:
        risk.target_likelihood = min(risk.target_likelihood, risk.inherent_likelihood)
        risk.target_impact = min(risk.target_impact, risk.inherent_impact)
    why = f"The risk assessment '{assessment.title}' was completed."
    announce(session, RiskRevised(**event_fields(risk)), about=risk, by=by, at=at, reason=why)
    touched(session, risk.id, at=at, by=by, reason=why)


def _require_decided(assessment: Assessment) -> None:
    undecided = {status: count for status in _OPEN if (count := assessment.progress.get(status, 0))}
    if undecided:
        counts = ", ".join(f"{count} {status}" for status, count in undecided.items())
        raise RisksUndecided(f"Every risk has to be confirmed or resolved; there are {counts}.")


def _require_seen(
    assessed: Sequence[AssessedRisk], moved: Mapping[UUID, list[dict[str, Any]]], completion: AssessmentCompletion
) -> None:
    unseen = [each for each in assessed if moved[each.id] and each.risk_id not in completion.drift_seen]
    if unseen:
        faults = [
            Fault("/drift_seen", f"{each.risk_code}: " + " ".join(change["text"] for change in moved[each.id]))
            for each in unseen
        ]
        codes = ", ".join(each.risk_code for each in unseen[:5])
        raise DriftUnseen(
            f"{len(unseen)} risks moved since the start, {codes} among them: name them to apply the ratings all the"
            " same, or return the assessment.",
            faults=faults,
        )


def _of_this_round(assessment: Assessment) -> list[dict[str, Any]]:
    return [approval for approval in assessment.approvals if approval["round"] == assessment.round]
