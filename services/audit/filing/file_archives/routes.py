from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.audit.filing.engagement_files.models import EngagementFile, FileStatus
from services.audit.filing.engagement_files.queries import parts_of
from shared.data.records import found
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Gone, NotFound, not_allowed

routes = Routes("engagement file archives")


@routes.get(
    "/v1/engagement-files/{file_id}/archive",
    permission=P.ENGAGEMENT_FILES_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The archive", "content": {"application/zip": {}}}},
    refuses=(NotFound, Gone),
)
async def download_engagement_file(file_id: UUID, read: Read) -> Response:
    """The archive as a ZIP, as it was assembled; `attest verify` checks it offline. 409 until it is assembled."""
    async with read.transaction() as session:
        file = await found(session, EngagementFile, file_id)
    if file is None:
        raise NotFound(f"There is no engagement file {file_id}.")
    if file.status == FileStatus.DISPOSED:
        raise Gone("The file was disposed of.")
    if file.status != FileStatus.ASSEMBLED:
        raise not_allowed("download", file.status, [])
    headers = {
        "Content-Disposition": f'attachment; filename="engagement-file-{file.engagement_id}.zip"',
        "Content-Length": str(file.size),
        "Cache-Control": "private, no-store",
    }
    chunks = parts_of(read.platform.database, read.caller.org_id, file_id)
    return StreamingResponse(chunks, 200, headers, "application/zip")
