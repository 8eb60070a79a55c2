import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.risk.register.known_controls.models import KnownControl
from services.risk.register.risks.models import Risk
from services.risk.register.risks.queries import RiskFilters, RiskQuery, tabled
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.reads import Connection
from shared.data.records import lock_rows
from shared.identity.callers import Fence
from shared.tables.formats import TableFormat

_AT_ONCE = 1000
_K = table_of(KnownControl).c
_R = table_of(Risk).c


class RiskExportQuery(RiskFilters):
    table_format: TableFormat = Field(default=TableFormat.CSV, alias="format")


async def in_parts(
    connection: Connection, fence: Fence, filters: RiskFilters
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """A list's risks by their codes, a part at a time."""
    asked = {name: getattr(filters, name) for name in RiskFilters.model_fields}
    cursor: str | None = None
    while True:
        # More at once than a caller can ask for.
        query = RiskQuery.model_construct(limit=_AT_ONCE, cursor=cursor, sort="code", **asked)
        page = json.loads(await tabled.read(connection, fence, query))
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def controls_by_code(session: AsyncSession, codes: Collection[str]) -> dict[str, UUID]:
    """The controls that have one of these codes, as far as this service has heard of them; an id means itself."""
    rows = await session.execute(select(_K.code, _K.id).where(among(_K.code, codes)))
    return {code: UUID(code) for code in codes if _is_id(code)} | {row.code: row.id for row in rows}


async def locked_by_code(session: AsyncSession, codes: Collection[str]) -> dict[str, Risk]:
    """The risks that have one of these codes, locked in the order of their ids."""
    query = select_rows(Risk).where(among(_R.code, codes)).order_by(_R.id)
    return {row.code: row for row in await lock_rows(session, query)}


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
