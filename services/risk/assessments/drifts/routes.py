from uuid import UUID

from fastapi import Response

from services.risk.assessments.assessment_documents.queries import started
from services.risk.assessments.assessment_documents.rules import NotStarted, with_changes
from services.risk.assessments.drifts.queries import changes_until_now
from services.risk.assessments.drifts.rules import drift_in
from services.risk.assessments.drifts.schemas import AssessmentDrift
from shared.clock import now
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("assessment drift")


@routes.get(
    "/v1/risk-assessments/{assessment_id}/drift",
    permission=P.RISKS_READ,
    response_model=AssessmentDrift,
    refuses=(NotFound, NotStarted),
    auditors=True,
)
async def get_risk_assessment_drift(assessment_id: UUID, read: Read) -> Response:
    """What moved in the register since the scope was frozen: ratings, owners, controls and their health, the method."""
    recorded = await started(read.model, assessment_id)
    if recorded.record.completed_at is None:
        async with read.transaction() as session:
            recorded = with_changes(recorded, await changes_until_now(session, assessment_id))
    return await read.computed(drift_in(recorded, at=now()))
