from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.history.record_imports import actions
from services.controls.history.record_imports.schemas import HistoryImportInput, HistoryImportOut
from services.controls.history.record_sheets.rules import COLUMNS, SHAPE
from services.controls.transfers.control_imports.actions import ImportRefused
from shared.children.process import parts_of
from shared.http.doors import Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.formats import LARGEST_FILE, UnreadableTable, format_of
from shared.tables.transfers import TABLES, ContentType, MappedColumns

routes = Routes("historical record imports")


@routes.post(
    "/v1/historical-record-imports",
    permission=P.HISTORICAL_RECORDS_WRITE,
    response_model=HistoryImportOut,
    refuses=(UnreadableTable, TooLarge, LimitExceeded, Busy, ImportRefused, UnsupportedMediaType, TooManyJobs),
    responses={202: {"model": JobOut, "description": "The job that imports them"}},
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
    description=(
        f"Record what was done outside Attest from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns "
        f"{', '.join(COLUMNS)}, in any order. A row says what was done (`Approved`, `In operation since`, `Performed`, "
        "`Tested`, `Published`, `Acknowledged`) of which control or policy, on which day, by whom and what shows it: "
        "items of evidence by their ids, or a document with its SHA-256 and where it is kept, made on that day unless "
        "`made_on` says otherwise. Usual headings and words are understood, as for controls. A name that no active "
        "person has is taken for somebody who had left, and listed. All rows or none; what is on record already is "
        "recorded once. Nothing has an effect before it is accepted: decide on all of them with `import_id`."
    ),
)
async def import_history(
    stream: Stream,
    dry_run: Annotated[bool, Query(description="Say what would be recorded, faults and all, and do nothing")] = False,
    columns: MappedColumns = [],  # noqa: B006 - never changed
    evidence_ids: Annotated[
        list[UUID],
        Query(max_length=10, description="Items of evidence that show every row, besides what the row itself names"),
    ] = [],  # noqa: B006 - never changed
    prefer: Prefer = None,
    content_type: ContentType = None,
) -> Response:
    kind = format_of(content_type)
    with await stream.spool(LARGEST_FILE) as spool:
        given = HistoryImportInput(table_format=kind, dry_run=dry_run, columns=columns, evidence_ids=evidence_ids)
        if prefers_a_job(prefer):
            return await stream.conclude(lambda write: start(write, actions.HISTORY_IMPORT, given, spool))
        children, org_id = stream.platform.children, stream.caller.org_id
        table = await actions.read_history_table(children, org_id, parts_of(spool), kind, columns)

    async def import_rows(write: Write) -> Response:
        by = write.caller.actor
        imported = await actions.import_rows(write.session, table=table, given=given, by=by, at=write.at)
        return Response(imported.model_dump_json(), media_type="application/json")

    return await stream.conclude(import_rows)
