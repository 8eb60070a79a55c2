import base64
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse

from services.controls.documents.contents import TABLE, Source
from services.controls.documents.faults import DocumentInvalid, DocumentUnreadable
from services.controls.documents.own import OwnVersion, inlined
from services.controls.documents.tables import COLUMNS
from services.controls.documents.tasks import written_catalogue
from services.controls.frameworks.framework_imports import actions, queries
from services.controls.frameworks.framework_imports.models import PART_BYTES
from services.controls.frameworks.framework_imports.rules import LARGEST, MOST_BASES, kind_of, location_of
from services.controls.frameworks.framework_imports.schemas import VersionInput
from services.controls.frameworks.frameworks import queries as frameworks
from services.controls.frameworks.frameworks.models import FrameworkStatus
from services.controls.frameworks.frameworks.schemas import FrameworkVersionDetails
from shared.http.doors import Read, Reader, Stream, Write
from shared.http.fields import Title
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import (
    Busy,
    ComesWithAttest,
    Conflict,
    Fault,
    LimitExceeded,
    NotFound,
    TooLarge,
    UnsupportedMediaType,
)
from shared.tables.formats import UnreadableTable

routes = Routes("framework imports")

CATALOGUE = "application/oscal.catalog+json"
_PROFILE = "application/oscal.profile+json"
_COLUMNS = f"{','.join(COLUMNS)}\nCO-1,Payroll changes are authorised,,control_objective,,,,,,accuracy;completeness\n"
_TAKEN = {
    "application/json": {"schema": inlined(OwnVersion)},
    CATALOGUE: {"schema": {"type": "object", "title": "OscalCatalogue"}},
    _PROFILE: {"schema": {"type": "object", "title": "OscalProfile"}},
    TABLE: {"schema": {"type": "string"}, "example": _COLUMNS},
}


@routes.post(
    "/v1/frameworks/{framework_id}/versions",
    permission=P.FRAMEWORKS_WRITE,
    status_code=201,
    response_model=FrameworkVersionDetails,
    refuses=(
        NotFound,
        TooLarge,
        LimitExceeded,
        Busy,
        DocumentInvalid,
        DocumentUnreadable,
        UnreadableTable,
        ComesWithAttest,
        Conflict,
        actions.LabelTaken,
        UnsupportedMediaType,
        TooManyJobs,
    ),
    responses={202: {"model": JobOut, "description": "The job that imports it; its `location` will be the version"}},
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _TAKEN}},
)
async def import_framework_version(
    framework_id: UUID,
    stream: Stream,
    label: Annotated[
        Title | None,
        Query(examples=["2026"], description="Which version it is; what the document says of itself when left out"),
    ] = None,
    base: Annotated[
        list[UUID],
        Query(
            max_length=MOST_BASES,
            description="For an OSCAL profile: the versions that its imports stand for, in the order in which it first"
            " names them, or one for all",
        ),
    ] = [],  # noqa: B006 - FastAPI makes a new one for each request
    prefer: Prefer = None,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Import a version of an own framework, up to 32 MiB: an OSCAL catalogue or profile, Attest's own JSON, or CSV.

    JSON with a member `catalog` or `profile` is OSCAL, which is checked against NIST's schemas of version 1.2.3.
    """
    media_type = _media_type(content_type)
    async with stream.transaction() as session:
        await actions.own_framework(session, framework_id)
    with await stream.spool(LARGEST) as body:
        if prefers_a_job(prefer):
            given = VersionInput(framework_id=framework_id, media_type=media_type, label=label, bases=base)
            return await stream.conclude(lambda write: start(write, actions.FRAMEWORK_IMPORT, given, body))
        document = await actions.read(
            stream.platform.children,
            stream.caller.org_id,
            stream.transaction,
            body=body,
            media_type=media_type,
            bases=base,
        )

        async def keep(write: Write) -> Response:
            by, at = write.caller.actor, write.at
            version = await actions.keep(
                write.session, framework_id, document=document, label=label, bases=base, by=by, at=at
            )
            return await write.created(frameworks.framework_version, version.id, location_of(version.id))

        return await stream.conclude(keep)


def _media_type(content_type: str | None) -> str:
    media_type = kind_of(content_type)
    if media_type is None:
        faults = [Fault("header/Content-Type", "neither JSON nor CSV")]
        raise UnsupportedMediaType(f"A version comes as JSON or as {TABLE}.", faults=faults)
    return media_type


@routes.get(
    "/v1/framework-versions/{version_id}/document",
    permission=P.FRAMEWORKS_READ,
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The document, of the media type it was imported as",
            "content": _TAKEN,
        },
        304: {"description": "The client has it"},
    },
    refuses=(NotFound, LimitExceeded, Busy),
)
async def export_framework_version(
    version_id: UUID,
    read: Read,
    written_as: Annotated[
        Literal["imported", "catalogue"],
        Query(alias="as", description="`catalogue`: an OSCAL catalogue, whatever it was imported as"),
    ] = "imported",
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The document a version was imported as, byte by byte. What comes with Attest is written as an OSCAL catalogue."""
    body, _ = await read.body(frameworks.framework_version, version_id)
    version = json.loads(body)
    if version["status"] != FrameworkStatus.ACTIVE:
        raise NotFound(f"Framework version {version_id} was withdrawn.")
    if written_as == "imported" and version["sha256"] is not None:
        headers = _headers(version["media_type"], version["size"], bytes.fromhex(version["sha256"]))
        if if_none_match is not None and headers["ETag"] in if_none_match:
            return Response(status_code=304, headers={"ETag": headers["ETag"]})
        return StreamingResponse(_stretches(read, version_id, version["size"]), headers=headers)

    async def source() -> Source:
        async with read.transaction() as session:
            found = await queries.source_of(session, version_id)
        if found is None:
            raise NotFound(f"There is no framework version {version_id}.")
        return found

    content = b"".join(await written_catalogue(read.platform.children, read.caller.org_id, source))
    headers = _headers(CATALOGUE, len(content), sha256(content).digest())
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    return Response(content, headers=headers)


async def _stretches(read: Reader, version_id: UUID, size: int) -> AsyncIterator[bytes]:
    """The document stretch by stretch, each a short transaction: a slow client holds no connection to the database."""
    for number in range(-(-size // PART_BYTES)):
        async with read.transaction() as session:
            part = await queries.document_part(session, version_id, number)
        if part is None:
            raise NotFound(f"Framework version {version_id} was withdrawn meanwhile.")
        yield part


def _headers(media_type: str, size: int, digest: bytes) -> dict[str, str]:
    return {
        "Content-Type": f"{media_type}; charset=utf-8" if media_type == TABLE else media_type,
        "Content-Length": str(size),
        "Content-Disposition": "attachment",
        "Content-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "ETag": f'"{digest.hex()}"',
        "X-Content-Type-Options": "nosniff",
    }
