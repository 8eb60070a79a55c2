"""The tus protocol's own words stay as they are; everything around them is as everywhere (docs/decisions/0011)."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from services.evidence.intake.file_uploads.rules import (
    Declared,
    DigestUnreadable,
    declared_sha256,
    media_type_of,
    refuse_larger,
    safe_name,
)
from services.evidence.intake.resumable_uploads import actions, queries
from services.evidence.intake.resumable_uploads.models import ResumableUpload, UploadState
from services.evidence.intake.resumable_uploads.rules import (
    ALGORITHMS,
    EXTENSIONS,
    VERSION,
    metadata_of,
)
from services.evidence.intake.resumable_uploads.schemas import UploadOut
from services.evidence.intake.storage.actions import StorageFull
from services.evidence.intake.store import the_store
from services.evidence.settings import file_settings
from shared.clock import now
from shared.http.context import answer_with
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Malformed, NotFound, Problem

routes = Routes("uploads")

NOTHING: dict[int | str, dict[str, Any]] = {204: {"description": "Done"}}
_LARGEST_METADATA = 4000


class TusVersion(Problem):
    """The tus protocol version is missing or not supported."""

    status = 412


class MetadataUnreadable(Malformed):
    """The Upload-Metadata header cannot be read."""


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


TUS = [Depends(_speaks_tus)]


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
    dependencies=TUS,
    refuses=(NotFound, actions.UploadGone, TusVersion),
)
async def find_upload_offset(upload_id: UUID, read: Read) -> Response:
    """tus: where the next piece begins (`Upload-Offset`), after a connection or a process was lost."""
    async with read.transaction() as session:
        upload = await actions.present(session, upload_id, at=now())
    headers = {**progress(upload, upload.received), "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    if upload.metadata_header is not None:
        headers["Upload-Metadata"] = upload.metadata_header
    return Response(headers=headers)


@routes.post(
    "/v1/uploads",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=TUS,
    status_code=201,
    response_model=UploadOut,
    refuses=(TusVersion, DigestUnreadable, StorageFull, actions.TooManyUploads, MetadataUnreadable),
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
    answer.headers.update(progress(upload, 0))
    return answer


@routes.delete(
    "/v1/uploads/{upload_id}",
    permission=P.EVIDENCE_SUBMIT,
    dependencies=TUS,
    status_code=204,
    responses=NOTHING,
    refuses=(NotFound, actions.UploadGone, actions.UploadOfAnother, TusVersion),
)
async def end_upload(upload_id: UUID, write: Write) -> Response:
    """tus: give up an upload that you began, or anyone's if you manage members; its bytes are cleared away."""
    others_too = P.MEMBERS_WRITE in write.caller.permissions
    await actions.end(write.session, upload_id, others_too=others_too, by=write.caller.actor, at=write.at)
    return Response(status_code=204)


def progress(upload: ResumableUpload, received: int) -> dict[str, str]:
    """The tus headers that say how far an upload has come, and until when it takes pieces."""
    headers = {"Upload-Offset": str(received)}
    if upload.state == UploadState.RECEIVING:
        headers["Upload-Expires"] = _http_date(upload.expires_at)
    return headers


def _http_date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


def _metadata(header: str | None) -> dict[str, str]:
    metadata = metadata_of(header) if header else {}
    if metadata is None:
        raise MetadataUnreadable(
            "Upload-Metadata must be comma-separated pairs of a key and a base64 value.",
            faults=[Fault("header/Upload-Metadata", "unreadable")],
        )
    return dict(metadata)
