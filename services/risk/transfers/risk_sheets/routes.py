from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse

from services.risk.transfers.risk_sheets import actions
from services.risk.transfers.risk_sheets.queries import RiskExportQuery, in_parts
from services.risk.transfers.risk_sheets.rules import COLUMNS, SHAPE, SHOWN, cells_of
from services.risk.transfers.risk_sheets.schemas import HeadingMapping, RiskImportInput, RiskImportOut
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.csv_writing import csv_lines
from shared.tables.formats import LARGEST_FILE, MEDIA_TYPES, TableFormat, UnreadableTable, format_of
from shared.tables.tables import workbook

routes = Routes("risk imports and exports")

_TABLES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


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
    openapi_extra={"requestBody": {"required": True, "content": _TABLES}},
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
    dry_run: Annotated[bool, Query(description="Say what would happen, faults and all, and do nothing")] = False,
    columns: Annotated[
        list[HeadingMapping],
        Query(
            max_length=100,
            examples=[["Our ref:code", "Remarks:"]],
            description="`<heading>:<column>` for a heading that is not understood, `<heading>:` to ignore one",
        ),
    ] = [],  # noqa: B006 - never changed
    prefer: Prefer = None,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
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
    responses={200: {"description": "The table", "content": _TABLES}},
)
async def export_risks(read: Read, query: Annotated[RiskExportQuery, Query()]) -> Response:
    """The register, filtered as in the list, as a table that an import takes back unchanged, with the ratings."""
    parts = in_parts(read.connection, read.caller.fence, query)
    headers = {
        "Content-Disposition": f'attachment; filename="risks.{query.table_format}"',
        "X-Content-Type-Options": "nosniff",
    }
    if query.table_format == TableFormat.CSV:
        return StreamingResponse(_lines(parts), headers=headers, media_type=MEDIA_TYPES[query.table_format])
    rows = ([cells_of(risk) for risk in part] async for part in parts)
    content = await workbook(read.platform.children, read.caller.org_id, "Risks", (*COLUMNS, *SHOWN), rows)
    return Response(b"".join(content), 200, headers, MEDIA_TYPES[query.table_format])


async def _lines(parts: AsyncIterator[Sequence[Mapping[str, Any]]]) -> AsyncIterator[str]:
    yield csv_lines([(*COLUMNS, *SHOWN)])
    async for part in parts:
        yield csv_lines(cells_of(risk) for risk in part)
