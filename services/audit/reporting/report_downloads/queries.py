from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.report_downloads.models import ReportDownload
from services.audit.reporting.report_renderings.models import ReportForm
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_D = table_of(ReportDownload).c

_DOWNLOAD = select(
    _D.id,
    _D.report_id,
    _D.engagement_id,
    _D.form,
    _D.sha256,
    _D.size,
    _D.for_party,
    _D.purpose,
    _D.agreed,
    _D.downloaded_by,
    _D.expires_at,
    _D.version,
    _D.created_at,
    _D.updated_at,
)

download = One("report download", _DOWNLOAD, by=_D.id)


class DownloadQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    report_id: UUID | None = None
    engagement_id: UUID | None = None
    form: ReportForm | None = None
    updated_since: UpdatedSince = None


async def recipients_of(session: AsyncSession, report_id: UUID) -> list[str]:
    """For whom a report was downloaded, each once: asked in a transaction of the firm, which sees those of both."""
    query = select(_D.for_party).where(_D.report_id == report_id).distinct().order_by(_D.for_party)
    return list(await session.scalars(query))


downloads = Listing(_DOWNLOAD, id=_D.id, query=DownloadQuery)
