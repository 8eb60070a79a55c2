from uuid import UUID

from fastapi import Response

from services.risk.assessments.drifts import queries
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
    refuses=(NotFound, queries.NotStarted),
)
async def get_risk_assessment_drift(assessment_id: UUID, read: Read) -> Response:
    """What moved in the register since the scope was frozen: ratings, owners, controls and their health, the method."""
    async with read.transaction() as session:
        return read.computed(await queries.drift(session, assessment_id, at=now()))
