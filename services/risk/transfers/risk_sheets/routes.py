from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from services.risk.transfers.risk_sheets import actions
from services.risk.transfers.risk_sheets.queries import RiskExportQuery, in_parts
from services.risk.transfers.risk_sheets.rules import COLUMNS, SHAPE, SHOWN, cells_of
from services.risk.transfers.risk_sheets.schemas import RiskImportInput, RiskImportOut
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.formats import LARGEST_FILE, UnreadableTable, format_of
from shared.tables.transfers import TABLES, ContentType, DryRun, MappedColumns, table_answer

routes = Routes("risk imports and exports")


@routes.post(
    "/v1/risk-imports",
    permission=P.RISKS_WRITE,
    response_model=RiskImportOut,
    refuses=(
        UnreadableTable,
        TooLarge,
        LimitExceeded,
        Busy,
        UnsupportedMediaType,
        actions.RiskImportRefused,
        TooManyJobs,
    ),
    responses={202: {"model": JobOut, "description": "The job that imports them"}},
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
    description=(
        f"Write down or revise risks from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns"
        f" {', '.join(COLUMNS)}, in any order. Usual headings (`Risk ID`, `Probability`) and words (`4 - High`,"
        " `Reduce`) are understood. Controls are codes with what they lower and by how many steps"
        " (`AC-01 likelihood 2`), apart by `;`, `,`, `|` or line breaks. A row whose code a risk has revises it, in the"
        " columns that the file has. All rows or none: with a single fault nothing is imported, and every fault is"
        " named. Ask with `dry_run` first. What `columns` says of headings is kept for the next file with the same"
        " headings."
    ),
)
async def import_risks(
    stream: Stream,
    dry_run: DryRun = False,
    columns: MappedColumns = [],  # noqa: B006 - never changed
    prefer: Prefer = None,
    content_type: ContentType = None,
) -> Response:
    kind = format_of(content_type)
    given = RiskImportInput(table_format=kind, dry_run=dry_run, columns=columns)
    with await stream.spool(LARGEST_FILE) as spool:
        if prefers_a_job(prefer):
            return await stream.conclude(lambda write: start(write, actions.RISK_IMPORT, given, spool))
        children, org_id = stream.platform.children, stream.caller.org_id
        table = await actions.read_risk_table(children, org_id, parts_of(spool), kind, columns)

    async def imported(write: Write) -> Response:
        by = write.caller.actor
        told = await actions.import_risks(write.session, table=table, given=given, by=by, at=write.at)
        return Response(told.model_dump_json(), media_type="application/json")

    return await stream.conclude(imported)


@routes.get(
    "/v1/risk-exports",
    permission=P.RISKS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The table", "content": TABLES}},
)
async def export_risks(read: Read, query: Annotated[RiskExportQuery, Query()]) -> Response:
    """The register, filtered as in the list, as a table that an import takes back unchanged, with the ratings."""
    parts = in_parts(read.connection, read.caller.fence, query)
    rows = ([cells_of(risk) for risk in part] async for part in parts)
    return await table_answer(
        read, query.table_format, name="risks", title="Risks", columns=(*COLUMNS, *SHOWN), parts=rows
    )
