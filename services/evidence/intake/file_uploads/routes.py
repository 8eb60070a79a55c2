from typing import Annotated

from fastapi import Header, Response
from starlette.requests import ClientDisconnect

from services.evidence.intake.file_uploads import actions
from services.evidence.intake.file_uploads.rules import (
    Declared,
    DigestUnreadable,
    FileNameUnreadable,
    declared_sha256,
    media_type_of,
    name_of,
    refuse_larger,
)
from services.evidence.intake.files import queries
from services.evidence.intake.files.schemas import FileOut
from services.evidence.intake.scanner import the_scanner
from services.evidence.intake.scans.actions import ask
from services.evidence.intake.storage.actions import StorageFull
from services.evidence.intake.store import StoreUnavailable, content_key, the_store
from shared.clock import now
from shared.http.doors import Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Malformed

routes = Routes("file uploads")

_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@routes.post(
    "/v1/files",
    permission=P.EVIDENCE_SUBMIT,
    status_code=201,
    response_model=FileOut,
    responses={200: {"model": FileOut, "description": "The file that has these bytes already"}},
    refuses=(
        StorageFull,
        actions.UploadTooSlow,
        actions.FileTypeRefused,
        DigestUnreadable,
        FileNameUnreadable,
        StoreUnavailable,
        actions.EmptyFile,
        actions.DigestMismatch,
    ),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _BYTES}},
)
async def upload_file(
    stream: Stream,
    content_digest: Annotated[
        str | None,
        Header(max_length=1000, description="RFC 9530, `sha-256=:…:`; checked, and nothing kept if it is wrong"),
    ] = None,
    content_disposition: Annotated[
        str | None,
        Header(max_length=4000, description="`attachment; filename*=UTF-8''…` names the file"),
    ] = None,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
    content_length: Annotated[int | None, Header(include_in_schema=False, ge=0)] = None,
) -> Response:
    """Upload the bytes of a file, of any media type, as the body; then submit it as evidence by its id."""
    store = the_store()
    refuse_larger(content_length or 0, store.largest)
    declared = Declared(
        media_type_of(content_type),
        name_of(content_disposition),
        declared_sha256(content_digest, header="Content-Digest"),
    )
    try:
        received = await actions.receive(
            store, stream.transaction, stream.chunks(), declared=declared, size=content_length, at=now()
        )
    except ClientDisconnect as error:
        raise Malformed("The upload was cut off; nothing was kept.") from error

    key = content_key(stream.caller.org_id, received.sha256)
    verdict = await ask(the_scanner(), store, key=key, size=received.size)

    async def keep(write: Write) -> Response:
        kept = await actions.keep(
            write.session,
            received=received,
            declared=declared,
            verdict=verdict,
            uploader=write.caller.actor.recorded,
            by=write.caller.actor,
            at=write.at,
        )
        file_id = kept.file.id
        answer = write.created(queries.file, file_id, f"/v1/files/{file_id}") if kept.is_new else None
        return await (answer or write.changed(queries.file, file_id))

    return await stream.conclude(keep)
