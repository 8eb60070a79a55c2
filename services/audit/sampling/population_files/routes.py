from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response

from services.audit.sampling.population_files import actions
from services.audit.sampling.population_files.schemas import Heading, OutsidePeriod
from shared.children.task import MEBIBYTE
from shared.http.doors import Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import TooManyJobs, start
from shared.problems import NotFound, TooLarge, UnsupportedMediaType
from shared.tables.formats import MEDIA_TYPES, TableFormat, format_of

routes = Routes("population files")

_LARGEST = {TableFormat.CSV: 512 * MEBIBYTE, TableFormat.XLSX: 64 * MEBIBYTE}  # bytes
_TABLES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


@routes.post(
    "/v1/populations/{population_id}/files",
    permission=P.POPULATIONS_WRITE,
    auditors=True,
    status_code=202,
    response_model=JobOut,
    refuses=(NotFound, TooLarge, UnsupportedMediaType, actions.ProvenanceMissing, TooManyJobs),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _TABLES}},
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
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Give the file of a population, CSV or XLSX, as it was handed over; a job reads it row by row and freezes it.

    It is rejected with every fault named when a key is missing or occurs twice, a day cannot be read or is outside the
    period, or the file is not UTF-8 or no table (`/problems/population-faulty`, `/problems/unreadable-table`).
    A heading that the file does not have says nothing of it: upload it again, as you may while it is being read.
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
