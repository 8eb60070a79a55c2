from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse

from services.audit.engagements.parties.queries import acted_in
from services.audit.requests.request_sheets import actions
from services.audit.requests.request_sheets.queries import SheetQuery, in_parts
from services.audit.requests.request_sheets.rules import IN, OUT, SHAPE, cells_of
from services.audit.requests.request_sheets.schemas import HeadingMapping, SheetOut
from services.audit.requests.requests.routes import as_client
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.csv_writing import csv_lines
from shared.tables.formats import LARGEST_FILE, MEDIA_TYPES, TableFormat, UnreadableTable, format_of
from shared.tables.tables import workbook

routes = Routes("request imports and exports")

_TABLES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


@routes.post(
    "/v1/request-imports",
    permission=P.REQUESTS_WRITE,
    response_model=SheetOut,
    refuses=(UnreadableTable, TooLarge, LimitExceeded, Busy, UnsupportedMediaType, actions.SheetRefused),
    streamed=True,
    auditors=True,
    openapi_extra={"requestBody": {"required": True, "content": _TABLES}},
    description=(
        f"Draft requests from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns {', '.join(IN)}, in any order."
        " Usual headings (`PBC #`, `Due date`) are understood. A row whose code a draft has revises the `version`"
        " of it that the row says, as it was exported; a row of another version is a fault. All rows or none: with a"
        " single fault nothing is drafted, and every fault is named. Ask with `dry_run` first."
    ),
)
async def import_requests(
    stream: Stream,
    dry_run: Annotated[bool, Query(description="Say what would happen, faults and all, and do nothing")] = False,
    columns: Annotated[
        list[HeadingMapping],
        Query(
            max_length=100,
            examples=[["Our ref:code", "Remarks:"]],
            description="`<heading>:<column>` for a heading that is not understood, `<heading>:` to ignore one",
        ),
    ] = [],  # noqa: B006 - never changed
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    kind = format_of(content_type)
    with await stream.spool(LARGEST_FILE) as spool:
        children, org_id = stream.platform.children, stream.caller.org_id
        table = await actions.read_sheet(children, org_id, parts_of(spool), kind, columns)

    async def drafted(write: Write) -> Response:
        told = await actions.import_sheet(
            write.session,
            await acted_in(write.session, write.caller),
            table=table,
            columns=columns,
            dry_run=dry_run,
            by=write.caller.actor,
            at=write.at,
        )
        return Response(told.model_dump_json(), media_type="application/json")

    return await stream.conclude(drafted)


@routes.get(
    "/v1/request-exports",
    permission=P.REQUESTS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The table", "content": _TABLES}},
    auditors=True,
)
async def export_requests(read: Read, query: Annotated[SheetQuery, Query()]) -> Response:
    """The requests that the caller sees, by their codes, as a table with how each stands."""
    parts = in_parts(read.connection, read.caller.fence, query, **await as_client(read, query))
    headers = {
        "Content-Disposition": f'attachment; filename="requests.{query.table_format}"',
        "X-Content-Type-Options": "nosniff",
    }
    if query.table_format == TableFormat.CSV:
        return StreamingResponse(_lines(parts), headers=headers, media_type=MEDIA_TYPES[query.table_format])
    rows = ([cells_of(request) for request in part] async for part in parts)
    content = await workbook(read.platform.children, read.caller.org_id, "Requests", OUT, rows)
    return Response(b"".join(content), 200, headers, MEDIA_TYPES[query.table_format])


async def _lines(parts: AsyncIterator[Sequence[Mapping[str, Any]]]) -> AsyncIterator[str]:
    yield csv_lines([OUT])
    async for part in parts:
        yield csv_lines(cells_of(request) for request in part)
