import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.register.controls.models import Control
from services.controls.register.controls.queries import ControlFilters, ControlQuery, tabled
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.reads import Connection
from shared.data.records import lock_rows
from shared.identity.callers import Fence
from shared.tables.formats import TableFormat

_AT_ONCE = 1000


async def locked_by_code(session: AsyncSession, codes: Collection[str]) -> dict[str, Control]:
    """The controls that have one of these codes, locked in the order in which everyone locks them."""
    asked = among(table_of(Control).c.code, codes)
    rows = await lock_rows(session, select(Control).where(asked).order_by(col(Control.id)))
    return {control.code: control for control in rows}


class ExportQuery(ControlFilters):
    table_format: TableFormat = Field(default=TableFormat.CSV, alias="format")


async def in_parts(
    connection: Connection, fence: Fence, filters: ControlFilters
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """A list's controls by their codes, a part at a time: what changes meanwhile is there as it was or as it is."""
    asked = {name: getattr(filters, name) for name in ControlFilters.model_fields}
    cursor: str | None = None
    while True:
        # More at once than a caller can ask for.
        query = ControlQuery.model_construct(limit=_AT_ONCE, cursor=cursor, sort="code", **asked)
        page = json.loads(await tabled.read(connection, fence, query))
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return
