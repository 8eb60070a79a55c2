from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.evidence.bundles.archives.actions import TrailNotSealed, archive
from services.evidence.intake.files.rules import attachment
from services.evidence.intake.store import StoreUnavailable
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("bundle archives")


@routes.get(
    "/v1/bundles/{bundle_id}/archive",
    permission=P.BUNDLES_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The archive", "content": {"application/zip": {}}}},
    refuses=(NotFound, TrailNotSealed, StoreUnavailable),
)
async def download_bundle(bundle_id: UUID, read: Read) -> Response:
    """The archive as a ZIP, streamed; `attest verify` checks it offline. One that breaks off is found by that too."""
    name, chunks = await archive(read.platform.database, read.caller.org_id, bundle_id)
    headers = {"Content-Disposition": attachment(f"{name}.zip"), "Cache-Control": "private, no-cache"}
    return StreamingResponse(chunks, 200, headers, "application/zip")
