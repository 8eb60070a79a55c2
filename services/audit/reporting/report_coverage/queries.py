from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.bridge_letters.models import BridgeLetter, LetterStatus
from services.audit.reporting.report_assemblies.schemas import ReportKind
from services.audit.reporting.report_coverage.rules import Covering
from services.audit.reporting.report_coverage.schemas import CoveredBy
from shared.data.base import table_of
from shared.data.sessions import organisation_of

_R, _B = table_of(AuditReport).c, table_of(BridgeLetter).c


async def coverings_of(session: AsyncSession, kind: ReportKind) -> list[Covering]:
    """The reports of the transaction's organisation that stand, and its signed letters that follow such reports."""
    own = organisation_of(session)
    reports = select(_R.id, _R.covers_from, _R.covers_until).where(
        _R.client_id == own, _R.kind == kind.value, _R.status == ReportStatus.ISSUED.value
    )
    signed = or_(_B.status == LetterStatus.SIGNED.value, _B.status == LetterStatus.SENT.value)
    letters = select(_B.id, _B.covers_from, _B.covers_until).where(_B.report_kind == kind.value, signed)
    found = [Covering(CoveredBy.REPORT, *row) for row in await session.execute(reports)]
    return found + [Covering(CoveredBy.BRIDGE_LETTER, *row) for row in await session.execute(letters)]
