from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from services.controls.register.definitions.actions import DefinitionAwaitsItsDay
from services.controls.transfers.control_imports import actions
from services.controls.transfers.control_imports.models import Existing
from services.controls.transfers.control_imports.queries import ExportQuery, in_parts
from services.controls.transfers.control_imports.schemas import ImportInput, ImportOut
from services.controls.transfers.control_sheets.rules import COLUMNS, SHAPE, cells_of
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.formats import LARGEST_FILE, UnreadableTable, format_of
from shared.tables.transfers import TABLES, ContentType, DryRun, MappedColumns, table_answer

routes = Routes("control imports and exports")


@routes.post(
    "/v1/control-imports",
    permission=P.CONTROLS_WRITE,
    response_model=ImportOut,
    refuses=(
        UnreadableTable,
        TooLarge,
        LimitExceeded,
        Busy,
        actions.ImportRefused,
        DefinitionAwaitsItsDay,
        UnsupportedMediaType,
        TooManyJobs,
    ),
    responses={202: {"model": JobOut, "description": "The job that imports them"}},
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
    description=(
        f"Import controls with their mappings from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns "
        f"{', '.join(COLUMNS)}, in any order. Usual headings (`Control ID`, `Type`) and words (`As needed`) are "
        "understood; headings that mean no column are ignored, and the answer says what each was taken for. "
        "References in `requirements` are apart by `;`, `,`, `|` or line breaks, and need no framework where only one "
        "of the active programmes has them. A person is an e-mail address, an id, or the name of one active person. "
        "All rows or none: with a single fault nothing is imported, and every fault is named by row and column, and "
        "together with those that say the same of the same value. Ask with `dry_run` first."
    ),
)
async def import_controls(
    stream: Stream,
    dry_run: DryRun = False,
    existing: Annotated[
        Existing, Query(description="What to do where the organisation has a control of that code already")
    ] = Existing.REVISE,
    columns: MappedColumns = [],  # noqa: B006 - never changed
    prefer: Prefer = None,
    content_type: ContentType = None,
) -> Response:
    kind = format_of(content_type)
    with await stream.spool(LARGEST_FILE) as spool:
        given = ImportInput(table_format=kind, dry_run=dry_run, existing=existing, columns=columns)
        if prefers_a_job(prefer):
            return await stream.conclude(lambda write: start(write, actions.CONTROL_IMPORT, given, spool))
        children, org_id = stream.platform.children, stream.caller.org_id
        table = await actions.read_control_table(children, org_id, parts_of(spool), kind, columns)

    async def import_rows(write: Write) -> Response:
        by = write.caller.actor
        imported = await actions.import_rows(write.session, table=table, given=given, by=by, at=write.at)
        return Response(imported.model_dump_json(), media_type="application/json")

    return await stream.conclude(import_rows)


@routes.get(
    "/v1/control-exports",
    permission=P.CONTROLS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The table", "content": TABLES}},
)
async def export_controls(read: Read, query: Annotated[ExportQuery, Query()]) -> Response:
    """The organisation's controls, filtered as in the list, as a table that an import takes back unchanged."""
    parts = in_parts(read.connection, read.caller.fence, query)
    rows = ([cells_of(control) for control in part] async for part in parts)
    return await table_answer(read, query.table_format, name="controls", title="Controls", columns=COLUMNS, parts=rows)
