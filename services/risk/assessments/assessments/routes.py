from uuid import UUID

from fastapi import Response

from services.risk.assessments.assessments import actions, queries
from services.risk.assessments.assessments.schemas import (
    AssessmentCancellation,
    AssessmentDraft,
    AssessmentRevision,
    RiskAssessmentOut,
)
from services.risk.days import day_of
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, PersonWithoutPermission

routes = Routes("risk assessments")


routes.list(
    "list_risk_assessments",
    "/v1/risk-assessments",
    queries.assessments,
    RiskAssessmentOut,
    permission=P.RISKS_READ,
    description="Assessments of risks, the newest first. An auditor sees completed ones of risks in the scope.",
    auditors=True,
)


routes.one(
    "get_risk_assessment",
    "/v1/risk-assessments/{assessment_id}",
    queries.assessment,
    RiskAssessmentOut,
    permission=P.RISKS_READ,
    description="One assessment: its scope, who rates, how far it is, and who approved it.",
    auditors=True,
)


@routes.post(
    "/v1/risk-assessments",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=RiskAssessmentOut,
    refuses=(PersonWithoutPermission, *PERSON_REFUSALS),
)
async def draft_risk_assessment(draft: AssessmentDraft, write: Write) -> Response:
    """Draft an assessment. Its scope is frozen when it starts."""
    made = await actions.draft(write.session, given=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.assessment, made.id, f"/v1/risk-assessments/{made.id}", as_of=day_of(write.at))


@routes.patch(
    "/v1/risk-assessments/{assessment_id}",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound, actions.AssessmentFrozen, PersonWithoutPermission, *PERSON_REFUSALS),
)
async def revise_risk_assessment(
    assessment_id: UUID, revision: AssessmentRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft; after the start only people and due day can change."""
    by, at = write.caller.actor, write.at
    await actions.revise(write.session, assessment_id, revision=revision, expected=expected, by=by, at=at)
    return await write.changed(queries.assessment, assessment_id, as_of=day_of(write.at))


@routes.post(
    "/v1/risk-assessments/{assessment_id}/cancellations",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound,),
)
async def cancel_risk_assessment(assessment_id: UUID, given: AssessmentCancellation, write: Write) -> Response:
    """Give an assessment up that is not completed. Nothing of it reaches the register."""
    await actions.cancel(write.session, assessment_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.assessment, assessment_id, as_of=day_of(write.at))
