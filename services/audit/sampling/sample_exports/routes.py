from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.audit.sampling.sample_exports.queries import NotDrawn, archive
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("sample exports")


@routes.get(
    "/v1/samples/{sample_id}/export",
    permission=P.SAMPLES_READ,
    auditors=True,
    response_class=StreamingResponse,
    responses={200: {"description": "The archive", "content": {"application/zip": {}}}},
    refuses=(NotFound, NotDrawn),
)
async def export_sample(sample_id: UUID, read: Read) -> Response:
    """The frame, the file it was made of, `draw.json` and a script that draws the sample again, as a ZIP, streamed."""
    chunks = await archive(read.platform.database, read.caller, sample_id)
    headers = {
        "Content-Disposition": f'attachment; filename="sample-{sample_id}.zip"',
        "Cache-Control": "private, no-cache",
    }
    return StreamingResponse(chunks, 200, headers, "application/zip")
