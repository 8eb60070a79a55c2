from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response
from starlette.requests import ClientDisconnect

from services.evidence.intake.file_uploads.actions import DigestMismatch, FileTypeRefused, UploadTooSlow
from services.evidence.intake.file_uploads.rules import (
    media_type_of,
)
from services.evidence.intake.pieces import actions
from services.evidence.intake.resumable_uploads.actions import UploadGone, UploadOfAnother, assemble, present
from services.evidence.intake.resumable_uploads.actions import finish as finish_upload
from services.evidence.intake.resumable_uploads.routes import NOTHING, TUS, TusVersion, progress
from services.evidence.intake.resumable_uploads.rules import (
    ALGORITHMS,
    MEDIA_TYPE,
    Checksum,
    checksum_of,
)
from services.evidence.intake.scanner import the_scanner
from services.evidence.intake.scans.actions import ask
from services.evidence.intake.store import StoreUnavailable, the_store, whole_key
from shared.clock import now
from shared.http.doors import Stream, Streamer, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Malformed, NotFound, Problem, UnsupportedMediaType

routes = Routes("upload pieces")

_PIECE = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}


class ChecksumUnreadable(Malformed):
    """The Upload-Checksum header cannot be read or names an unknown algorithm."""


@routes.patch(
    "/v1/uploads/{upload_id}",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=TUS,
    status_code=204,
    streamed=True,
    responses=NOTHING,
    refuses=(
        *(
            NotFound,
            UploadGone,
            UploadOfAnother,
            TusVersion,
            actions.OffsetMismatch,
            actions.TooManyPieces,
        ),
        *(UploadTooSlow, DigestMismatch, FileTypeRefused, StoreUnavailable),
        UnsupportedMediaType,
        ChecksumUnreadable,
        actions.CutOff,
        actions.ChecksumMismatch,
    ),
    openapi_extra={"requestBody": {"required": True, "content": _PIECE}},
)
async def append_to_upload(
    upload_id: UUID,
    stream: Stream,
    upload_offset: Annotated[int | None, Header(ge=0, le=2**50, description="Where these bytes begin")] = None,
    upload_checksum: Annotated[
        str | None, Header(max_length=200, description="`sha1` or `sha256`, and the digest of these bytes in base64")
    ] = None,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """tus: add bytes to an upload that you began. The last of them makes the file, which `GET` then names."""
    if media_type_of(content_type) != MEDIA_TYPE:
        raise UnsupportedMediaType(f"Send {MEDIA_TYPE}.", faults=[Fault("header/Content-Type", f"not {MEDIA_TYPE}")])
    if upload_offset is None:
        raise Malformed(
            "Send Upload-Offset, where these bytes begin.", faults=[Fault("header/Upload-Offset", "missing")]
        )
    received = await actions.append(
        the_store(),
        stream.transaction,
        upload_id,
        _until_cut_off(stream.chunks()),
        by=stream.caller.actor,
        offset=upload_offset,
        checksum=_checksum(upload_checksum),
        at=now(),
    )
    await _finish(stream, upload_id)
    async with stream.transaction() as session:
        upload = await present(session, upload_id, at=now())
    return Response(status_code=204, headers=progress(upload, received))


async def _finish(stream: Streamer, upload_id: UUID) -> None:
    """Make the file if all of it is here now; should this process die first, the clock does."""
    store = the_store()
    whole = await assemble(store, stream.transaction, upload_id)
    if whole is None:
        return
    verdict = await ask(the_scanner(), store, key=whole_key(upload_id), size=whole.size)
    refused: list[Problem] = []

    async def finish(write: Write) -> Response:
        by, at = write.caller.actor, write.at
        if problem := await finish_upload(write.session, store, whole=whole, verdict=verdict, by=by, at=at):
            refused.append(problem)
        return Response(status_code=204)

    # That it was refused is on the record before it is answered.
    await stream.conclude(finish)
    if refused:
        raise refused[0]


async def _until_cut_off(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for chunk in chunks:
            yield chunk
    except ClientDisconnect as error:
        raise actions.CutOff(
            "The bytes received so far are kept; continue from the offset that HEAD answers."
        ) from error


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    checksum = checksum_of(header)
    if checksum is None:
        raise ChecksumUnreadable(
            f"Upload-Checksum is an algorithm ({', '.join(ALGORITHMS)}) and a base64 digest.",
            faults=[Fault("header/Upload-Checksum", "unreadable")],
        )
    return checksum
