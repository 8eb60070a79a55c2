import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from pydantic import Field
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.register.controls.models import Control
from services.controls.register.controls.queries import ControlFilters, ControlQuery, tabled
from services.controls.transfers.control_imports.models import KeptHeadings
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.reads import Connection
from shared.data.records import lock_rows
from shared.data.sessions import organisation_of
from shared.identity.callers import Fence
from shared.tables.formats import TableFormat
from shared.tables.wording import plain

_AT_ONCE = 1000


async def locked_by_code(session: AsyncSession, codes: Collection[str]) -> dict[str, Control]:
    """The controls that have one of these codes, locked in the order in which everyone locks them."""
    asked = among(table_of(Control).c.code, codes)
    rows = await lock_rows(session, select(Control).where(asked).order_by(col(Control.id)))
    return {control.code: control for control in rows}


async def kept_columns(session: AsyncSession, table: str, headings: Collection[str]) -> dict[str, str]:
    """What an accepted import of this kind of table said of these headings, in the organisation."""
    query = select(KeptHeadings.columns).where(col(KeptHeadings.id) == _key(session, table, headings))
    return await session.scalar(query) or {}


async def keep_columns(
    session: AsyncSession, table: str, headings: Collection[str], columns: Mapping[str, str], *, at: datetime
) -> None:
    """Keep what an accepted import said of these headings, in the place of what was kept."""
    row = {
        "id": _key(session, table, headings),
        "org_id": organisation_of(session),
        "headings": sorted(set(map(plain, headings))),
        "columns": dict(columns),
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    kept = table_of(KeptHeadings)
    renewed = {"columns": row["columns"], "updated_at": at, "version": kept.c.version + 1}
    await session.execute(insert(kept).values(row).on_conflict_do_update(index_elements=["id"], set_=renewed))


def _key(session: AsyncSession, table: str, headings: Collection[str]) -> UUID:
    return uuid5(organisation_of(session), "\n".join([table, *sorted(set(map(plain, headings)))]))


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
