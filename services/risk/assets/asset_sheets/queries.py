import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from services.risk.assets.assets.queries import AssetFilters, AssetQuery, tabled
from shared.data.reads import Connection
from shared.identity.callers import Fence
from shared.tables.formats import TableFormat

_AT_ONCE = 1000


class AssetExportQuery(AssetFilters):
    table_format: TableFormat = Field(default=TableFormat.CSV, alias="format")


async def in_parts(
    connection: Connection, fence: Fence, filters: AssetFilters
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """A list's assets by their codes, a part at a time."""
    asked = {name: getattr(filters, name) for name in AssetFilters.model_fields}
    cursor: str | None = None
    while True:
        # More at once than a caller can ask for.
        query = AssetQuery.model_construct(limit=_AT_ONCE, cursor=cursor, sort="code", **asked)
        page = json.loads(await tabled.read(connection, fence, query))
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return
