from uuid import UUID

from fastapi import Response

from services.risk.assessments.assessment_decisions import actions
from services.risk.assessments.assessment_decisions.schemas import (
    AssessmentApproval,
    AssessmentCompletion,
    AssessmentReturn,
)
from services.risk.assessments.assessments.queries import assessment
from services.risk.assessments.assessments.schemas import RiskAssessmentOut
from services.risk.days import day_of
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("assessment decisions")


@routes.post(
    "/v1/risk-assessments/{assessment_id}/submissions",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound, actions.RisksUndecided),
)
async def submit_risk_assessment(assessment_id: UUID, write: Write) -> Response:
    """Ask for approval, when every risk is confirmed or resolved."""
    await actions.submit(write.session, assessment_id, by=write.caller.actor, at=write.at)
    return await write.changed(assessment, assessment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/risk-assessments/{assessment_id}/approvals",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound, actions.OnlyApproversApprove, SeparationOfDuties),
)
async def approve_risk_assessment(assessment_id: UUID, given: AssessmentApproval, write: Write) -> Response:
    """Approve an assessment, as somebody who rated nothing of it and did not submit it.

    Where it names approvers, only these approve it.
    """
    await actions.approve(write.session, assessment_id, note=given.note, by=write.caller.actor, at=write.at)
    return await write.changed(assessment, assessment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/risk-assessments/{assessment_id}/returns",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound,),
)
async def return_risk_assessment(assessment_id: UUID, given: AssessmentReturn, write: Write) -> Response:
    """Return an assessment to its participants. It is rated, submitted and approved anew."""
    await actions.return_(write.session, assessment_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(assessment, assessment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/risk-assessments/{assessment_id}/completions",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound, actions.MethodReplaced, actions.DriftUnseen),
)
async def complete_risk_assessment(assessment_id: UUID, given: AssessmentCompletion, write: Write) -> Response:
    """Apply an approved assessment to the register: all of its risks that are not closed, or none.

    Risks that moved since the start have to be named, so that nothing is overwritten unseen.
    """
    await actions.complete(write.session, assessment_id, completion=given, by=write.caller.actor, at=write.at)
    return await write.changed(assessment, assessment_id, as_of=day_of(write.at))
