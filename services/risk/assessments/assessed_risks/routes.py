from uuid import UUID

from fastapi import Response

from services.risk.assessments.assessed_risks import actions, queries
from services.risk.assessments.assessed_risks.schemas import AssessedRiskOut, DisputeResolution, ParticipantRating
from services.risk.assessments.assessments.queries import assessment, parent
from services.risk.assessments.assessments.schemas import RiskAssessmentOut
from services.risk.days import day_of
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("assessed risks")


routes.list(
    "list_assessed_risks",
    "/v1/risk-assessments/{assessment_id}/risks",
    queries.assessed_risks,
    AssessedRiskOut,
    permission=P.RISKS_READ,
    description="The risks of an assessment as they were at its start, what participants rated, and what was agreed.",
    parent=parent,
    auditors=True,
)


routes.one(
    "get_assessed_risk",
    "/v1/assessed-risks/{assessed_risk_id}",
    queries.assessed_risk,
    AssessedRiskOut,
    permission=P.RISKS_READ,
    description="One risk of an assessment.",
    auditors=True,
)


@routes.post(
    "/v1/risk-assessments/{assessment_id}/starts",
    permission=P.RISKS_WRITE,
    response_model=RiskAssessmentOut,
    refuses=(NotFound, actions.EmptyScope),
)
async def start_risk_assessment(assessment_id: UUID, write: Write) -> Response:
    """Freeze the scope, with the ratings, the method and the health of the controls now; participants can rate."""
    await actions.start(write.session, assessment_id, by=write.caller.actor, at=write.at)
    return await write.changed(assessment, assessment_id, as_of=day_of(write.at))


@routes.put(
    "/v1/assessed-risks/{assessed_risk_id}/rating",
    permission=P.RISKS_OWN,
    response_model=AssessedRiskOut,
    refuses=(NotFound, actions.OnlyParticipantsRate),
)
async def rate_assessed_risk(assessed_risk_id: UUID, given: ParticipantRating, write: Write) -> Response:
    """Rate a risk as a participant. It replaces what the caller rated before; who disagrees makes it disputed."""
    await actions.rate(write.session, assessed_risk_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.assessed_risk, assessed_risk_id)


@routes.post(
    "/v1/assessed-risks/{assessed_risk_id}/resolutions",
    permission=P.RISKS_WRITE,
    response_model=AssessedRiskOut,
    refuses=(NotFound, SeparationOfDuties, actions.NotDisputed),
)
async def resolve_assessed_risk(assessed_risk_id: UUID, given: DisputeResolution, write: Write) -> Response:
    """Decide what a disputed risk is rated, as somebody who has not rated it. It can be decided anew."""
    await actions.resolve(write.session, assessed_risk_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.assessed_risk, assessed_risk_id)
