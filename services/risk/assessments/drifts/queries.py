from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.risk.assessments.assessed_risks.models import AssessedRisk
from services.risk.assessments.assessed_risks.queries import risks_of
from services.risk.assessments.assessed_risks.schemas import DriftChange
from services.risk.assessments.assessments.models import Assessment
from services.risk.assessments.drifts.rules import drift_of
from services.risk.assessments.drifts.schemas import AssessmentDrift, RiskDrift
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.queries import method_in_force
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import found
from shared.problems import Conflict, NotFound


class NotStarted(Conflict):
    """The assessment has not started: nothing is frozen yet."""


async def started_assessment(session: AsyncSession, assessment_id: UUID) -> Assessment:
    """An assessment whose scope is frozen. `NotFound`, `NotStarted`."""
    assessment = await found(session, Assessment, assessment_id)
    if assessment is None:
        raise NotFound(f"There is no risk assessment {assessment_id}.")
    if assessment.started_at is None:
        raise NotStarted(f"'{assessment.title}' is {assessment.status} and has not started.")
    return assessment


async def drift(session: AsyncSession, assessment_id: UUID, *, at: datetime) -> AssessmentDrift:
    """What moved since an assessment started, until now or until its completion."""
    assessment = await started_assessment(session, assessment_id)
    assert assessment.started_at is not None
    risks = await risks_of(session, assessment_id)
    moved = {each.id: each.drift for each in risks}
    if assessment.completed_at is None:
        moved = await moved_now(session, assessment, risks)
    return AssessmentDrift(
        assessment_id=assessment.id,
        frozen_at=assessment.started_at,
        as_of=assessment.completed_at or at,
        risks=[
            RiskDrift(
                assessed_risk_id=each.id,
                risk_id=each.risk_id,
                risk_code=each.risk_code,
                changes=[DriftChange.model_validate(change) for change in moved[each.id]],
            )
            for each in risks
            if moved[each.id]
        ],
    )


async def moved_now(
    session: AsyncSession, assessment: Assessment, assessed: Sequence[AssessedRisk]
) -> dict[UUID, list[dict[str, Any]]]:
    """What moved of each of these risks until now, by the id of the assessed risk."""
    assert assessment.method_number is not None
    query = select(Risk).where(among(table_of(Risk).c.id, [each.risk_id for each in assessed]))
    risks = {risk.id: risk for risk in await session.scalars(query)}
    known = await control_facts(session, {key for risk in risks.values() for key in risk.control_ids()})
    method = (await method_in_force(session)).number
    return {each.id: drift_of(each, assessment.method_number, risks[each.risk_id], known, method) for each in assessed}
