"""Warning that a report ends, by the clock: once 60 and once 30 days ahead, in the trails of both parties."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.report_endings.queries import reports_ending
from services.audit.reporting.report_endings.rules import due_warning
from shared.data.sessions import in_organisation
from shared.data.transactions import Written
from shared.events.catalogue.audit_reports import AuditReportEnding, AuditReportEvent
from shared.events.trail import announce
from shared.identity.callers import SYSTEM


async def warn_of_endings(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce each warning that is due; how many there were."""
    ending = await reports_ending(session, as_of, limit)
    for report, current_until in ending:
        report.warned_days = due_warning(current_until, as_of.astimezone(UTC).date(), report.warned_days)
        told = {name: getattr(report, name) for name in AuditReportEvent.model_fields if name != "firm_id"}
        event = AuditReportEnding(
            firm_id=report.org_id, **told, current_until=current_until, days=report.warned_days or 0
        )
        announce(session, event, about=report, by=SYSTEM, at=as_of)
        if report.client_id != report.org_id:
            async with in_organisation(session, report.client_id):
                announce(session, event, about=Written(report.id, report.version), by=SYSTEM, at=as_of)
    return len(ending)
