"""Tables in and out: read in a child process, and written so that no spreadsheet program runs what is in a cell."""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.children.pool import Children
from shared.children.process import Parts
from shared.tables.formats import READING, WRITING, TableFormat
from shared.tables.headings import Heading, Shape


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a spreadsheet numbers it: the first is 1. Cells are text, by the name of their column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read: its headings, the number of their row, and the numbered cells of the rows below."""

    header_row: int
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


async def read_table(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, shape: Shape, *, asked: Collection[str] = ()
) -> Table:
    """A file with the rows below its header, without the empty ones. `asked` are headings that the request names.

    `UnreadableTable` says where it cannot be read, `LimitExceeded` what it may not take.
    """
    known = sorted({*shape.headings, *asked})
    arguments = {"format": kind, "headings": known, "most_rows": shape.most_rows}
    header, *parts = await children.run(READING, org_id, arguments, content)
    number, headings = json.loads(header)
    rows: list[tuple[int, Sequence[str]]] = []
    for part in parts:
        rows += [(number, cells) for number, cells in json.loads(part)]
        await asyncio.sleep(0)
    return Table(number, headings, rows)


def rows_under(table: Table, headings: Sequence[Heading]) -> list[Row]:
    """The rows by the columns that the headings mean; cells of several headings of one column become its lines."""
    columns = [(place, heading.column) for place, heading in enumerate(headings) if heading.column]
    rows = []
    for number, cells in table.rows:
        row: dict[str, str] = {}
        for place, column in columns:
            cell = cells[place] if place < len(cells) else ""
            row[column] = f"{row[column]}\n{cell}" if column in row else cell
        rows.append(Row(number, row))
    return rows


async def workbook(
    children: Children, org_id: UUID, title: str, columns: Sequence[str], rows: AsyncIterable[Sequence[Sequence[str]]]
) -> list[bytes]:
    """An XLSX workbook of rows that come in parts."""

    async def encoded() -> AsyncIterator[bytes]:
        async for part in rows:
            yield json.dumps(part).encode()

    return await children.run(WRITING, org_id, {"title": title, "columns": list(columns)}, encoded())
