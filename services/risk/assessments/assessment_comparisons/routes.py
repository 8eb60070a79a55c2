from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.risk.assessments.assessment_comparisons.rules import comparison_of
from services.risk.assessments.assessment_comparisons.schemas import AssessmentComparison
from services.risk.assessments.assessment_documents.queries import with_other
from services.risk.assessments.assessment_documents.rules import NotStarted
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("assessment comparisons")


@routes.get(
    "/v1/risk-assessments/{assessment_id}/comparison",
    permission=P.RISKS_READ,
    response_model=AssessmentComparison,
    refuses=(NotFound, NotStarted),
    auditors=True,
)
async def compare_risk_assessment(
    assessment_id: UUID,
    read: Read,
    with_id: Annotated[
        UUID | None,
        Query(alias="with", description="Another assessment; the last one completed before when left out"),
    ] = None,
) -> Response:
    """Which risks entered, left, rose or fell since another assessment, by inherent and by current level."""
    assessment, other = await with_other(read.model, assessment_id, with_id=with_id)
    return await read.computed(comparison_of(assessment.record, other.record if other else None))
