from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from fastapi import Response

from services.audit.papers.paper_sheets import actions
from services.audit.papers.paper_sheets.queries import sheet_items
from services.audit.papers.paper_sheets.rules import cells_of, columns_of, shape_of
from services.audit.papers.paper_sheets.schemas import PaperSheetOut
from services.audit.sampling.sample_items.actions import ItemReplaced, NoReplacementLeft
from shared.children.process import parts_of
from shared.http.doors import Read, Stream, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, NotFound, TooLarge, UnsupportedMediaType
from shared.tables.formats import LARGEST_FILE, MEDIA_TYPES, TableFormat, UnreadableTable, format_of
from shared.tables.tables import read_table, workbook
from shared.tables.transfers import TABLES, ContentType, DryRun

routes = Routes("paper sheets")

_XLSX = MEDIA_TYPES[TableFormat.XLSX]


@routes.get(
    "/v1/papers/{paper_id}/sheet",
    permission=P.PAPERS_READ,
    response_class=Response,
    responses={200: {"description": "The workbook", "content": {_XLSX: TABLES[_XLSX]}}},
    refuses=(NotFound, actions.NoSample),
    auditors=True,
)
async def get_paper_sheet(paper_id: UUID, read: Read) -> Response:
    """The items of a paper as a workbook for work offline; cells are text, and none runs as a formula."""
    async with read.transaction() as session:
        paper, sample = await actions.paper_with_sample(session, paper_id, read.caller)
        items = await sheet_items(session, paper, sample)
    codes = actions.codes_of(sample)

    async def rows() -> AsyncIterator[Sequence[Sequence[str]]]:
        yield [cells_of(paper, item, codes) for item in items]

    content = await workbook(read.platform.children, read.caller.org_id, "Items", columns_of(codes), rows())
    headers = {
        "Content-Disposition": f'attachment; filename="paper-{paper.number}.xlsx"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(b"".join(content), 200, headers, _XLSX)


@routes.post(
    "/v1/papers/{paper_id}/sheets",
    permission=P.PAPERS_WRITE,
    response_model=PaperSheetOut,
    refuses=(
        NotFound,
        actions.NoSample,
        actions.PaperSheetRefused,
        ItemReplaced,
        NoReplacementLeft,
        UnreadableTable,
        TooLarge,
        LimitExceeded,
        Busy,
        UnsupportedMediaType,
    ),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": TABLES}},
    auditors=True,
)
async def import_paper_sheet(
    paper_id: UUID,
    stream: Stream,
    dry_run: DryRun = False,
    content_type: ContentType = None,
) -> Response:
    """Take the sheet of this paper in, as it is now: all rows or none. Stale sheets and those of others are refused.

    What comes in is in progress: nobody has signed it.
    """
    kind = format_of(content_type)
    async with stream.transaction() as session:
        _, sample = await actions.paper_with_sample(session, paper_id, stream.caller)
        shape = shape_of(actions.codes_of(sample))
    with await stream.spool(LARGEST_FILE) as spool:
        table = await read_table(stream.platform.children, stream.caller.org_id, parts_of(spool), kind, shape)

    async def take_in(write: Write) -> Response:
        done = await actions.take_in(
            write.session, paper_id, table=table, dry_run=dry_run, caller=write.caller, at=write.at
        )
        return Response(done.model_dump_json(), media_type="application/json")

    return await stream.conclude(take_in)
