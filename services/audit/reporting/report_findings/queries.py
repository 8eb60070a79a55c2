"""What an ISO audit found, and what became of what the audit before it left open; asked in the firm's organisation."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.judgement.areas_of_concern.queries import concerns_of
from services.audit.judgement.nonconformities.queries import nonconformities_of
from services.audit.reporting.report_findings.rules import (
    finding_of_concern,
    finding_of_nonconformity,
    taken_up_concern,
    taken_up_nonconformity,
)
from services.audit.wording.audit_contents import AuditFinding, TakenUp
from shared.data.records import found


async def findings_of(session: AsyncSession, engagement: Engagement) -> Sequence[AuditFinding]:
    """The areas of concern of a stage 1, or the nonconformities of another audit, by number."""
    concerns = [finding_of_concern(each) for each in await concerns_of(session, engagement.id)]
    return [
        *concerns,
        *(finding_of_nonconformity(each) for each in await nonconformities_of(session, engagement.id)),
    ]


async def taken_up(session: AsyncSession, engagement: Engagement) -> Sequence[TakenUp]:
    """What became of what the audit before found, where the same auditing party conducted it."""
    before = await found(session, Engagement, engagement.follows_id) if engagement.follows_id else None
    if before is None or before.firm_id != engagement.firm_id:
        return []
    raised = {each.id: each.number for each in await nonconformities_of(session, engagement.id)}
    return [
        *(taken_up_concern(each, raised) for each in await concerns_of(session, before.id)),
        *(taken_up_nonconformity(each) for each in await nonconformities_of(session, before.id)),
    ]
