"""The tus protocol's own words stay as they are; everything around them is as everywhere (docs/decisions/0011)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from starlette.requests import ClientDisconnect

from services.evidence.intake.files.actions import DigestMismatch, FileTypeRefused, UploadTooSlow, refuse_larger
from services.evidence.intake.files.rules import Declared, DigestUnreadable, declared_sha256, media_type_of, safe_name
from services.evidence.intake.pieces import actions as pieces
from services.evidence.intake.scans.actions import ask
from services.evidence.intake.storage.actions import StorageFull
from services.evidence.intake.uploads import actions, queries
from services.evidence.intake.uploads.models import ResumableUpload, UploadState
from services.evidence.intake.uploads.rules import (
    ALGORITHMS,
    EXTENSIONS,
    MEDIA_TYPE,
    VERSION,
    Checksum,
    checksum_of,
    metadata_of,
)
from services.evidence.intake.uploads.schemas import UploadOut
from services.evidence.scanner import the_scanner
from services.evidence.settings import file_settings
from services.evidence.store import StoreUnavailable, the_store, whole_key
from shared.clock import now
from shared.http.context import answer_with
from shared.http.doors import Read, Stream, Streamer, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Malformed, NotFound, PreconditionRequired, Problem, UnsupportedMediaType

routes = Routes("uploads")

_PIECE = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_NOTHING: dict[int | str, dict[str, Any]] = {204: {"description": "Done"}}
_LARGEST_METADATA = 4000


class TusVersion(Problem):
    """The client speaks another version of the tus protocol, or does not say which."""

    status = 412


class ChecksumUnreadable(Malformed):
    """The Upload-Checksum cannot be read, or is of an algorithm that is not known here."""


class MetadataUnreadable(Malformed):
    """The Upload-Metadata cannot be read."""


async def _speaks_tus(
    request: Request,
    tus_resumable: Annotated[str | None, Header(max_length=20, description=f"`{VERSION}`")] = None,
) -> None:
    answer_with(request, {"Tus-Resumable": VERSION})
    if tus_resumable != VERSION:
        raise TusVersion(
            f"Send `Tus-Resumable: {VERSION}`.",
            faults=[Fault("header/Tus-Resumable", f"expected {VERSION}")],
            headers={"Tus-Version": VERSION},
        )


_TUS = [Depends(_speaks_tus)]


@routes.options("/v1/uploads", permission=None, status_code=204)
async def discover_uploads() -> Response:
    """What of the tus protocol is spoken here: version, extensions, largest file, checksums."""
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(the_store().largest),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return Response(status_code=204, headers=headers)


routes.list(
    "list_uploads",
    "/v1/uploads",
    queries.uploads,
    UploadOut,
    permission=P.EVIDENCE_SUBMIT,
    description="Uploads that are under way, and those that ended in the last day.",
)


routes.one(
    "get_upload",
    "/v1/uploads/{upload_id}",
    queries.upload,
    UploadOut,
    permission=P.EVIDENCE_SUBMIT,
    description="How far an upload has come, and the file that it has become.",
)


@routes.head(
    "/v1/uploads/{upload_id}",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=_TUS,
    refuses=(NotFound, actions.UploadGone, TusVersion),
)
async def find_upload_offset(upload_id: UUID, read: Read) -> Response:
    """tus: where the next piece begins (`Upload-Offset`), after a connection or a process was lost."""
    async with read.transaction() as session:
        upload = await actions.present(session, upload_id, at=now())
    headers = {**_progress(upload, upload.received), "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    if upload.metadata_header is not None:
        headers["Upload-Metadata"] = upload.metadata_header
    return Response(headers=headers)


@routes.post(
    "/v1/uploads",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=_TUS,
    status_code=201,
    response_model=UploadOut,
    refuses=(TusVersion, DigestUnreadable, StorageFull, actions.TooManyUploads),
)
async def begin_upload(
    write: Write,
    upload_length: Annotated[int, Header(ge=1, le=2**50, description="Bytes of the whole file")],
    upload_metadata: Annotated[
        str | None,
        Header(max_length=_LARGEST_METADATA, description="`filename` and `filetype`, each with its value in base64"),
    ] = None,
    repr_digest: Annotated[
        str | None, Header(max_length=1000, description="RFC 9530, of the whole; nothing is kept if it turns out wrong")
    ] = None,
) -> Response:
    """tus: announce a file that will be sent in pieces with PATCH, and can be gone on with from anywhere."""
    refuse_larger(upload_length, the_store().largest)
    metadata = _metadata(upload_metadata)
    declared = Declared(
        media_type_of(metadata.get("filetype")),
        safe_name(metadata["filename"]) if "filename" in metadata else None,
        declared_sha256(repr_digest, header="Repr-Digest"),
    )
    upload = await actions.begin(
        write.session,
        size=upload_length,
        declared=declared,
        metadata=upload_metadata,
        lasts=timedelta(hours=file_settings().upload_hours),
        most=file_settings().uploads_open,
        by=write.caller.actor,
        at=write.at,
    )
    answer = await write.created(queries.upload, upload.id, f"/v1/uploads/{upload.id}")
    answer.headers.update(_progress(upload, 0))
    return answer


@routes.patch(
    "/v1/uploads/{upload_id}",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=_TUS,
    status_code=204,
    streamed=True,
    responses={**_NOTHING, 460: {"description": "The checksum is of other bytes; none of these were kept"}},
    refuses=(
        *(
            NotFound,
            actions.UploadGone,
            actions.UploadOfAnother,
            TusVersion,
            pieces.OffsetMismatch,
            pieces.TooManyPieces,
        ),
        *(UploadTooSlow, DigestMismatch, FileTypeRefused, StoreUnavailable),
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
        raise PreconditionRequired(
            "Send Upload-Offset, where these bytes begin.", faults=[Fault("header/Upload-Offset", "missing")]
        )
    received = await pieces.append(
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
        upload = await actions.present(session, upload_id, at=now())
    return Response(status_code=204, headers=_progress(upload, received))


@routes.delete(
    "/v1/uploads/{upload_id}",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=_TUS,
    status_code=204,
    responses=_NOTHING,
    refuses=(NotFound, actions.UploadGone, actions.UploadOfAnother, TusVersion),
)
async def end_upload(upload_id: UUID, write: Write) -> Response:
    """tus: give up an upload that you began, or anyone's if you manage members; its bytes are cleared away."""
    others_too = P.MEMBERS_WRITE in write.caller.permissions
    await actions.end(write.session, upload_id, others_too=others_too, by=write.caller.actor, at=write.at)
    return Response(status_code=204)


async def _finish(stream: Streamer, upload_id: UUID) -> None:
    """Make the file if all of it is here now; should this process die first, the clock does."""
    store = the_store()
    whole = await actions.assemble(store, stream.transaction, upload_id)
    if whole is None:
        return
    verdict = await ask(the_scanner(), store, key=whole_key(upload_id), size=whole.size)
    refused: list[Problem] = []

    async def finish(write: Write) -> Response:
        by, at = write.caller.actor, write.at
        if problem := await actions.finish(write.session, store, whole=whole, verdict=verdict, by=by, at=at):
            refused.append(problem)
        return Response(status_code=204)

    # That it was refused is on the record before it is answered.
    await stream.conclude(finish)
    if refused:
        raise refused[0]


def _progress(upload: ResumableUpload, received: int) -> dict[str, str]:
    headers = {"Upload-Offset": str(received)}
    if upload.state == UploadState.RECEIVING:
        headers["Upload-Expires"] = _http_date(upload.expires_at)
    return headers


def _http_date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


async def _until_cut_off(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for chunk in chunks:
            yield chunk
    except ClientDisconnect as error:
        raise pieces.CutOff("The request was cut off; go on from where HEAD says.") from error


def _metadata(header: str | None) -> dict[str, str]:
    metadata = metadata_of(header) if header else {}
    if metadata is None:
        raise MetadataUnreadable(
            "Upload-Metadata is pairs of a key and a value in base64, by comma.",
            faults=[Fault("header/Upload-Metadata", "unreadable")],
        )
    return dict(metadata)


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    checksum = checksum_of(header)
    if checksum is None:
        raise ChecksumUnreadable(
            f"Upload-Checksum is an algorithm ({', '.join(ALGORITHMS)}) and a digest in base64.",
            faults=[Fault("header/Upload-Checksum", "unreadable")],
        )
    return checksum
