"""Tables over HTTP: what an import asks whoever sends one, and how an export is answered."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse

from shared.http.doors import Reader
from shared.problems import Busy, LimitExceeded, TooLarge, UnsupportedMediaType
from shared.tables.csv_writing import csv_lines
from shared.tables.formats import MEDIA_TYPES, TableFormat, UnreadableTable
from shared.tables.headings import HeadingMapping
from shared.tables.tables import workbook

# A body or an answer that is a table, as the contract says it.
TABLES: dict[str, Any] = {
    media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()
}
# What every import of a table may be refused for, whatever its rows say.
TABLE_REFUSALS = (UnreadableTable, TooLarge, LimitExceeded, Busy, UnsupportedMediaType)

DryRun = Annotated[bool, Query(description="Say what would happen, faults and all, and do nothing")]
MappedColumns = Annotated[
    list[HeadingMapping],
    Query(
        max_length=100,
        examples=[["Our ref:code", "Remarks:"]],
        description="`<heading>:<column>` for a heading that is not understood, `<heading>:` to ignore one",
    ),
]
ContentType = Annotated[str | None, Header(include_in_schema=False)]


async def table_answer(
    read: Reader,
    kind: TableFormat,
    *,
    name: str,
    title: str,
    columns: Sequence[str],
    parts: AsyncIterator[Sequence[Sequence[str]]],
) -> Response:
    """Rows that come in parts as a file to be saved: a CSV as they come, or a workbook whose sheet has this title.

    No cell runs as a formula.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "X-Content-Type-Options": "nosniff"}
    if kind == TableFormat.CSV:
        return StreamingResponse(_lines(columns, parts), headers=headers, media_type=MEDIA_TYPES[kind])
    content = await workbook(read.platform.children, read.caller.org_id, title, columns, parts)
    return Response(b"".join(content), 200, headers, MEDIA_TYPES[kind])


async def _lines(columns: Sequence[str], parts: AsyncIterator[Sequence[Sequence[str]]]) -> AsyncIterator[str]:
    yield csv_lines([columns])
    async for part in parts:
        yield csv_lines(part)
