from uuid import UUID

from fastapi import Response

from services.evidence.intake.files import queries
from services.evidence.intake.files.schemas import FileOut
from services.evidence.intake.scanner import the_scanner
from services.evidence.intake.scans import actions
from services.evidence.intake.store import StoreUnavailable, the_store
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("malware scans")


@routes.post(
    "/v1/files/{file_id}/scans",
    permission=P.EVIDENCE_REVIEW,
    response_model=FileOut,
    refuses=(NotFound, StoreUnavailable),
)
async def scan_file(file_id: UUID, write: Write) -> Response:
    """Have the scanner look again, for signatures are renewed: what it says now is what counts from now on."""
    await actions.scan(write.session, the_scanner(), the_store(), file_id=file_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.file, file_id)
