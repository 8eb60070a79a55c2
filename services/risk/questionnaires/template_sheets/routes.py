from typing import Annotated

from fastapi import Header, Query, Response

from services.risk.questionnaires.template_sheets import actions
from services.risk.questionnaires.template_sheets.rules import COLUMNS, SHAPE
from services.risk.questionnaires.template_sheets.schemas import HeadingMapping, QuestionnaireImportOut
from shared.children.process import parts_of
from shared.http.doors import Stream, Write
from shared.http.fields import Title
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.formats import LARGEST_FILE, MEDIA_TYPES, UnreadableTable, format_of

routes = Routes("questionnaire imports")

_TABLES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


@routes.post(
    "/v1/questionnaire-imports",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireImportOut,
    refuses=(UnreadableTable, TooLarge, LimitExceeded, Busy, UnsupportedMediaType, actions.QuestionsRefused),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _TABLES}},
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
