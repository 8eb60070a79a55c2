from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.risk.assessments.assessed_risks.models import AssessedRisk
from services.risk.assessments.assessed_risks.queries import risks_of
from services.risk.assessments.assessments.models import Assessment
from services.risk.assessments.drifts.rules import drift_of
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.queries import method_in_force
from shared.data.base import table_of
from shared.data.bulk import among


async def changes_until_now(session: AsyncSession, assessment_id: UUID) -> dict[UUID, list[dict[str, Any]]]:
    """What moved of each risk of a started assessment until now, by the id of the risk."""
    assessment = (await session.scalars(select(Assessment).where(Assessment.id == assessment_id))).one()
    risks = await risks_of(session, assessment_id)
    moved = await moved_now(session, assessment, risks)
    return {each.risk_id: moved[each.id] for each in risks}


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
