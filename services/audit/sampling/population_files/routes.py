from base64 import b64encode
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Table

from services.audit.sampling.population_files import actions, queries
from services.audit.sampling.population_files.models import file_parts, frame_parts
from services.audit.sampling.population_files.schemas import Heading, OutsidePeriod
from services.audit.sampling.populations.models import Population
from shared.children.task import MEBIBYTE
from shared.http.doors import Read, Reader, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import TooManyJobs, start
from shared.problems import NotFound, TooLarge, UnsupportedMediaType
from shared.tables.formats import MEDIA_TYPES, TableFormat, format_of
from shared.tables.transfers import TABLES, ContentType

routes = Routes("population files")

_LARGEST = {TableFormat.CSV: 512 * MEBIBYTE, TableFormat.XLSX: 64 * MEBIBYTE}  # bytes


@routes.post(
    "/v1/populations/{population_id}/files",
    permission=P.POPULATIONS_WRITE,
    auditors=True,
    status_code=202,
    response_model=JobOut,
    refuses=(NotFound, TooLarge, UnsupportedMediaType, actions.ProvenanceMissing, TooManyJobs),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
)
async def upload_population_file(
    population_id: UUID,
    stream: Stream,
    key_column: Annotated[
        Heading | None, Query(description="The heading of what names each item once; left out, their rows do")
    ] = None,
    day_column: Annotated[
        Heading | None, Query(description="The heading of the day by which an item belongs to the period")
    ] = None,
    outside_period: Annotated[
        OutsidePeriod, Query(description="Whether a row outside the period rejects the file, or is reported")
    ] = OutsidePeriod.REJECT,
    content_type: ContentType = None,
) -> Response:
    """Give the file of a population, CSV or XLSX, as it was handed over; a job reads it row by row and freezes it.

    It is rejected with every fault named when a key is missing or occurs twice, a day cannot be read or is outside the
    period, or the file is not UTF-8 or no table (`/problems/population-faulty`, `/problems/unreadable-table`).
    A heading that the file does not have says nothing of it, nor does a file that takes more memory or time than may be
    (`/problems/limit-exceeded`): upload it again, as you may while it is being read.
    """
    kind = format_of(content_type)
    with await stream.spool(_LARGEST[kind]) as spool:

        async def receive(write: Write) -> Response:
            given = await actions.receive(
                write.session,
                population_id,
                content=spool,
                table_format=kind,
                key_column=key_column,
                day_column=day_column,
                outside=outside_period,
                caller=write.caller,
                at=write.at,
            )
            return await start(write, actions.POPULATION_FREEZING, given)

        return await stream.conclude(receive)


@routes.get(
    "/v1/populations/{population_id}/file",
    permission=P.POPULATIONS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The file", "content": TABLES}},
    refuses=(NotFound,),
    auditors=True,
)
async def download_population_file(population_id: UUID, read: Read) -> Response:
    """The file of a frozen population as it was given, byte by byte."""
    population = await queries.frozen_population(read.platform.database, read.caller, population_id)
    kind = TableFormat(population.file_format or "")
    return _download(read, population, file_parts, kind, f"population.{kind}", population.file_sha256)


@routes.get(
    "/v1/populations/{population_id}/frame",
    permission=P.POPULATIONS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The frame", "content": {MEDIA_TYPES[TableFormat.CSV]: {}}}},
    refuses=(NotFound,),
    auditors=True,
)
async def download_frame(population_id: UUID, read: Read) -> Response:
    """The rows of a frozen population as samples are drawn from them: a CSV in which nothing runs as a formula."""
    population = await queries.frozen_population(read.platform.database, read.caller, population_id)
    return _download(read, population, frame_parts, TableFormat.CSV, "frame.csv", population.frame_sha256)


def _download(
    read: Reader, population: Population, table: Table, kind: TableFormat, name: str, sha256: str | None
) -> Response:
    """The bytes, streamed, with their digest as it was when the population was frozen (RFC 9530)."""
    digest = b64encode(bytes.fromhex(sha256 or "")).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Digest": f"sha-256=:{digest}:",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
    chunks = queries.unpacked(read.platform.database, population.org_id, table, population.id)
    return StreamingResponse(chunks, 200, headers, MEDIA_TYPES[kind])
