from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.assessments.assessed_risks.queries import risks_of
from services.risk.assessments.assessment_comparisons.rules import comparison_of
from services.risk.assessments.assessment_comparisons.schemas import AssessmentComparison
from services.risk.assessments.assessments.models import Assessment, AssessmentStatus
from services.risk.assessments.drifts.queries import started_assessment


async def comparison(
    session: AsyncSession, assessment_id: UUID, *, with_id: UUID | None = None
) -> AssessmentComparison:
    """An assessment beside another that has started, or beside the last one that was completed before it started."""
    assessment = await started_assessment(session, assessment_id)
    other = await _last_before(session, assessment) if with_id is None else await started_assessment(session, with_id)
    others = await risks_of(session, other.id) if other else []
    return comparison_of(assessment, await risks_of(session, assessment_id), other, others)


async def _last_before(session: AsyncSession, assessment: Assessment) -> Assessment | None:
    query = (
        select(Assessment)
        .where(Assessment.status == AssessmentStatus.COMPLETED, Assessment.id != assessment.id)
        .where(col(Assessment.completed_at) <= assessment.started_at)
        .order_by(col(Assessment.completed_at).desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()
