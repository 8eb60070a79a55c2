"""The register of issued reports, which is the platform's: written by the verbs of a report, in their transaction."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.audit_reports.models import AuditReport
from services.audit.reporting.issued_reports.models import IssuedReport, ReportStanding
from shared.data.base import table_of
from shared.data.sessions import in_organisation
from shared.identity.callers import PLATFORM

_I = table_of(IssuedReport).c


async def register(session: AsyncSession, report: AuditReport, *, signed_as: str) -> None:
    """Enter a report that is being issued."""
    row = {
        "org_id": PLATFORM,
        "sha256": report.sha256,
        "report_id": report.id,
        "firm_id": report.org_id,
        "signed_as": signed_as,
        "kind": report.kind,
        "released_on": report.released_on,
        "standing": ReportStanding.ISSUED.value,
    }
    async with in_organisation(session, PLATFORM):
        await session.execute(insert(IssuedReport).values(row))


async def end_standing(session: AsyncSession, report: AuditReport, standing: str, *, at: datetime) -> None:
    """Say that it does not stand any longer."""
    async with in_organisation(session, PLATFORM):
        ended = update(IssuedReport).where(_I.sha256 == report.sha256)
        await session.execute(ended.values(standing=str(standing), ended_at=at))
