"""Tables in and out: read in a child process, and written so that no spreadsheet program runs what is in a cell."""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.children.pool import Children
from shared.children.process import Parts
from shared.tables.formats import READING, WRITING, TableFormat


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a spreadsheet numbers it: the first is 1. Cells are text, by the name of their column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table may look like: its columns, those it cannot be without, and how many rows it may have."""

    columns: Sequence[str]
    required: Collection[str]
    most_rows: int


async def read_table(children: Children, org_id: UUID, content: Parts, kind: TableFormat, shape: Shape) -> list[Row]:
    """The rows of a file below its header, without the empty ones.

    `UnreadableTable` says where it cannot be read or what its header lacks, `LimitExceeded` what it may not take.
    """
    arguments = {
        "format": kind,
        "columns": list(shape.columns),
        "required": sorted(shape.required),
        "most_rows": shape.most_rows,
    }
    header, *parts = await children.run(READING, org_id, arguments, content)
    names = json.loads(header)
    rows: list[Row] = []
    for part in parts:
        rows += [Row(number, dict(zip(names, cells, strict=False))) for number, cells in json.loads(part)]
        await asyncio.sleep(0)
    return rows


async def workbook(
    children: Children, org_id: UUID, title: str, columns: Sequence[str], rows: AsyncIterable[Sequence[Sequence[str]]]
) -> list[bytes]:
    """An XLSX workbook of rows that come in parts."""

    async def encoded() -> AsyncIterator[bytes]:
        async for part in rows:
            yield json.dumps(part).encode()

    return await children.run(WRITING, org_id, {"title": title, "columns": list(columns)}, encoded())
