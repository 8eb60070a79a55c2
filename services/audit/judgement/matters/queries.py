from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.judgement.matters.rules import ConcludedFinding
from services.audit.papers.findings.models import FindingStatus
from services.audit.papers.findings.queries import findings_of


async def concluded_findings(session: AsyncSession, engagement_id: UUID) -> Mapping[UUID, ConcludedFinding]:
    """The findings of an engagement that are concluded, by their ids."""
    return {
        each.id: ConcludedFinding(each.id, each.text, each.control_code, each.criteria)
        for each in await findings_of(session, engagement_id)
        if each.status == FindingStatus.CONCLUDED
    }
