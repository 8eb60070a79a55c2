from typing import Annotated

from fastapi import Query, Response

from services.risk.questionnaires.template_sheets import actions
from services.risk.questionnaires.template_sheets.rules import COLUMNS, SHAPE
from services.risk.questionnaires.template_sheets.schemas import QuestionnaireImportOut
from shared.children.process import parts_of
from shared.http.doors import Stream, Write
from shared.http.fields import Title
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.tables.formats import LARGEST_FILE, format_of
from shared.tables.transfers import TABLE_REFUSALS, TABLES, ContentType, DryRun, MappedColumns

routes = Routes("questionnaire imports")


@routes.post(
    "/v1/questionnaire-imports",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireImportOut,
    refuses=(*TABLE_REFUSALS, actions.QuestionsRefused),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
    description=(
        f"Draft a template of your own questions from CSV or XLSX: up to {SHAPE.most_rows} rows with the columns"
        f" {', '.join(COLUMNS)}, of which only `text` is needed. Usual headings (`Question`, `Domain`) are understood."
        " All rows or none: with a single fault nothing is drafted, and every fault is named. Ask with `dry_run` first."
        " Import only questions that you may use: some published questionnaires are sold, or must not be changed."
    ),
)
async def import_questionnaire(
    stream: Stream,
    title: Annotated[Title, Query(description="What the template is called")],
    dry_run: DryRun = False,
    columns: MappedColumns = [],  # noqa: B006 - never changed
    content_type: ContentType = None,
) -> Response:
    kind = format_of(content_type)
    with await stream.spool(LARGEST_FILE) as spool:
        children, org_id = stream.platform.children, stream.caller.org_id
        table = await actions.read_questions(children, org_id, parts_of(spool), kind, columns)

    async def drafted(write: Write) -> Response:
        told = actions.import_questions(
            write.session,
            title=title,
            table=table,
            columns=columns,
            dry_run=dry_run,
            by=write.caller.actor,
            at=write.at,
        )
        return Response(told.model_dump_json(), media_type="application/json")

    return await stream.conclude(drafted)
