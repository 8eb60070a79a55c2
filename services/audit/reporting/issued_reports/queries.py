from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.issued_reports.models import IssuedReport
from services.audit.reporting.issued_reports.schemas import IssuedReportOut
from shared.data.base import table_of
from shared.problems import NotFound

_I = table_of(IssuedReport).c


async def issued_report(session: AsyncSession, sha256: str) -> IssuedReportOut:
    """What is on the register of this digest. The transaction is the platform's. `NotFound` when nothing is."""
    row = (await session.scalars(select(IssuedReport).where(_I.sha256 == sha256))).one_or_none()
    if row is None:
        raise NotFound("No report with this digest was issued here.")
    return IssuedReportOut.model_validate(row, from_attributes=True)
