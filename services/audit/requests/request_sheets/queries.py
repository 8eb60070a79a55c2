import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.requests.requests.models import Request, RequestStatus
from services.audit.requests.requests.queries import RequestQuery, requests
from shared.data.queries import Query
from shared.data.reads import Connection
from shared.data.records import lock_rows
from shared.http.fields import AsOf
from shared.identity.callers import Fence
from shared.tables.formats import TableFormat

_AT_ONCE = 1000


class SheetQuery(Query):
    """Which requests go out, and how."""

    table_format: TableFormat = Field(default=TableFormat.CSV, alias="format")
    engagement_id: UUID | None = None
    status: RequestStatus | None = None
    overdue: bool | None = None
    as_of: AsOf = Field(description="Overdue as of the day of this instant in UTC; now when left out")


async def in_parts(
    connection: Connection, fence: Fence, asked: SheetQuery, **given: Any
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """The requests that the caller sees by their codes, a part at a time."""
    filters = {name: getattr(asked, name) for name in ("engagement_id", "status", "overdue", "as_of")}
    others = {name: None for name in RequestQuery.model_fields if name not in filters}
    cursor: str | None = None
    while True:
        # More at once than a caller can ask for.
        query = RequestQuery.model_construct(
            **{**others, **filters, "limit": _AT_ONCE, "cursor": cursor, "sort": "code"}
        )
        page = json.loads(await requests.read(connection, fence, query, **given))
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def locked_by_code(session: AsyncSession, engagement_id: UUID, codes: Sequence[str]) -> dict[str, Request]:
    """The requests of an engagement that have one of these codes, locked in the order of their ids."""
    query = select(Request).where(Request.engagement_id == engagement_id, col(Request.code).in_(codes))
    return {row.code: row for row in await lock_rows(session, query.order_by(col(Request.id)))}
