from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.audit.reporting.report_downloads import actions, queries
from services.audit.reporting.report_downloads.schemas import DownloadOut, DownloadRequest
from services.audit.reporting.report_renderings.actions import NotRendered
from services.audit.reporting.report_renderings.models import ReportForm
from shared.clock import now
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Gone, NotFound

routes = Routes("report downloads")

_MEDIA_TYPES = {
    ReportForm.PDF: "application/pdf",
    ReportForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportForm.HTML: "text/html; charset=utf-8",
    ReportForm.JSON: "application/json",
}
_CONTENT = {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in _MEDIA_TYPES.values()}
# A page brings its own style along, and nothing else is loaded or run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


routes.list(
    "list_report_downloads",
    "/v1/report-downloads",
    queries.downloads,
    DownloadOut,
    permission=P.AUDIT_REPORTS_READ,
    description="Who was given which report, newest first: the organisation's people; for the auditing party all.",
    auditors=True,
)


routes.one(
    "get_report_download",
    "/v1/report-downloads/{download_id}",
    queries.download,
    DownloadOut,
    permission=P.AUDIT_REPORTS_READ,
    description="One download of a report.",
    auditors=True,
)


@routes.post(
    "/v1/audit-reports/{report_id}/downloads",
    permission=P.AUDIT_REPORTS_READ,
    status_code=201,
    response_model=DownloadOut,
    refuses=(NotFound, NotRendered),
    auditors=True,
)
async def download_audit_report(report_id: UUID, asked: DownloadRequest, write: Write) -> Response:
    """Ask for a report in a form, for somebody and for a purpose. The file is then under `/file` for an hour."""
    download = await actions.record(write.session, report_id, asked=asked, caller=write.caller, at=write.at)
    return await write.created(queries.download, download.id, f"/v1/report-downloads/{download.id}")


@routes.get(
    "/v1/report-downloads/{download_id}/file",
    permission=P.AUDIT_REPORTS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The report", "content": _CONTENT}},
    refuses=(NotFound, Gone, actions.RenderedAnew),
    auditors=True,
)
async def get_downloaded_report(download_id: UUID, read: Read) -> Response:
    """The file of a download, for the person who asked for it."""
    async with read.transaction() as session:
        download = await actions.downloadable(session, download_id, caller=read.caller, at=now())
    form = ReportForm(download.form)
    headers = {
        "Content-Disposition": f'attachment; filename="report-{download.report_id}.{form}"',
        "Content-Length": str(download.size),
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    chunks = actions.bytes_of(read.platform.database, download)
    return StreamingResponse(chunks, 200, headers, _MEDIA_TYPES[form])
