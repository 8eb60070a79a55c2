from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse

from services.risk.assets.asset_sheets import actions
from services.risk.assets.asset_sheets.queries import AssetExportQuery, in_parts
from services.risk.assets.asset_sheets.rules import COLUMNS, SHAPE, cells_of
from services.risk.assets.asset_sheets.schemas import AssetImportOut, HeadingMapping
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.csv_writing import csv_lines
from shared.tables.formats import LARGEST_FILE, MEDIA_TYPES, TableFormat, UnreadableTable, format_of
from shared.tables.tables import workbook

routes = Routes("asset imports and exports")

_TABLES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


@routes.post(
    "/v1/asset-imports",
    permission=P.ASSETS_WRITE,
    response_model=AssetImportOut,
    refuses=(UnreadableTable, TooLarge, LimitExceeded, Busy, UnsupportedMediaType, actions.AssetImportRefused),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _TABLES}},
    description=(
        f"Register or revise assets from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns"
        f" {', '.join(COLUMNS)}, in any order. Usual headings (`Asset ID`, `Type`) and words (`Server`, `In use`) are"
        " understood. Relations are the codes of assets that are there or in the file, apart by `;`, `,`, `|` or line"
        " breaks. A row whose code an asset has revises it, in the columns that the file has. All rows or none: with a"
        " single fault nothing is imported, and every fault is named. Ask with `dry_run` first. What `columns` says of"
        " headings is kept for the next file with the same headings."
    ),
)
async def import_assets(
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
        table = await actions.read_asset_table(children, org_id, parts_of(spool), kind, columns)

    async def imported(write: Write) -> Response:
        told = await actions.import_assets(
            write.session, table=table, columns=columns, dry_run=dry_run, by=write.caller.actor, at=write.at
        )
        return Response(told.model_dump_json(), media_type="application/json")

    return await stream.conclude(imported)


@routes.get(
    "/v1/asset-exports",
    permission=P.ASSETS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The table", "content": _TABLES}},
)
async def export_assets(read: Read, query: Annotated[AssetExportQuery, Query()]) -> Response:
    """The organisation's assets, filtered as in the list, as a table that an import takes back unchanged."""
    parts = in_parts(read.connection, read.caller.fence, query)
    headers = {
        "Content-Disposition": f'attachment; filename="assets.{query.table_format}"',
        "X-Content-Type-Options": "nosniff",
    }
    if query.table_format == TableFormat.CSV:
        return StreamingResponse(_lines(parts), headers=headers, media_type=MEDIA_TYPES[query.table_format])
    rows = ([cells_of(asset) for asset in part] async for part in parts)
    content = await workbook(read.platform.children, read.caller.org_id, "Assets", COLUMNS, rows)
    return Response(b"".join(content), 200, headers, MEDIA_TYPES[query.table_format])


async def _lines(parts: AsyncIterator[Sequence[Mapping[str, Any]]]) -> AsyncIterator[str]:
    yield csv_lines([COLUMNS])
    async for part in parts:
        yield csv_lines(cells_of(asset) for asset in part)
