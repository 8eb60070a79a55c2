from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from services.risk.assets.asset_sheets import actions
from services.risk.assets.asset_sheets.queries import AssetExportQuery, in_parts
from services.risk.assets.asset_sheets.rules import COLUMNS, SHAPE, cells_of
from services.risk.assets.asset_sheets.schemas import AssetImportOut
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.tables.formats import LARGEST_FILE, format_of
from shared.tables.transfers import TABLE_REFUSALS, TABLES, ContentType, DryRun, MappedColumns, table_answer

routes = Routes("asset imports and exports")


@routes.post(
    "/v1/asset-imports",
    permission=P.ASSETS_WRITE,
    response_model=AssetImportOut,
    refuses=(*TABLE_REFUSALS, actions.AssetImportRefused),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
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
    dry_run: DryRun = False,
    columns: MappedColumns = [],  # noqa: B006 - never changed
    content_type: ContentType = None,
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
    responses={200: {"description": "The table", "content": TABLES}},
)
async def export_assets(read: Read, query: Annotated[AssetExportQuery, Query()]) -> Response:
    """The organisation's assets, filtered as in the list, as a table that an import takes back unchanged."""
    parts = in_parts(read.connection, read.caller.fence, query)
    rows = ([cells_of(asset) for asset in part] async for part in parts)
    return await table_answer(read, query.table_format, name="assets", title="Assets", columns=COLUMNS, parts=rows)
