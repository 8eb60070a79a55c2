from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from services.audit.engagements.parties.queries import acted_in
from services.audit.requests.request_sheets import actions
from services.audit.requests.request_sheets.queries import SheetQuery, in_parts
from services.audit.requests.request_sheets.rules import IN, OUT, SHAPE, cells_of
from services.audit.requests.request_sheets.schemas import SheetOut
from services.audit.requests.requests.routes import as_client
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.tables.formats import LARGEST_FILE, format_of
from shared.tables.transfers import TABLE_REFUSALS, TABLES, ContentType, DryRun, MappedColumns, table_answer

routes = Routes("request imports and exports")


@routes.post(
    "/v1/request-imports",
    permission=P.REQUESTS_WRITE,
    response_model=SheetOut,
    refuses=(*TABLE_REFUSALS, actions.SheetRefused),
    streamed=True,
    auditors=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
    description=(
        f"Draft requests from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns {', '.join(IN)}, in any order."
        " Usual headings (`PBC #`, `Due date`) are understood. A row whose code a draft has revises the `version`"
        " of it that the row says, as it was exported; a row of another version is a fault. All rows or none: with a"
        " single fault nothing is drafted, and every fault is named. Ask with `dry_run` first."
    ),
)
async def import_requests(
    stream: Stream,
    dry_run: DryRun = False,
    columns: MappedColumns = [],  # noqa: B006 - never changed
    content_type: ContentType = None,
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
    responses={200: {"description": "The table", "content": TABLES}},
    auditors=True,
)
async def export_requests(read: Read, query: Annotated[SheetQuery, Query()]) -> Response:
    """The requests that the caller sees, by their codes, as a table with how each stands."""
    parts = in_parts(read.connection, read.caller.fence, query, **await as_client(read, query))
    rows = ([cells_of(request) for request in part] async for part in parts)
    return await table_answer(read, query.table_format, name="requests", title="Requests", columns=OUT, parts=rows)
