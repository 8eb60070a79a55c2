from collections.abc import Collection
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.testing.check_links.models import CheckLink, CheckLinkStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import Title, UpdatedSince

_L = table_of(CheckLink).c

_LINK = select(
    _L.id,
    _L.control_id,
    _L.source_id,
    _L.source,
    _L.tool,
    _L.check_name.label("check"),
    _L.valid_days,
    _L.status,
    _L.version,
    _L.created_at,
    _L.updated_at,
)

check_link = One("check link", _LINK, by=_L.id)


class CheckLinkQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    control_id: UUID | None = None
    source_id: UUID | None = None
    source: Title | None = None
    check: Annotated[str | None, Where(lambda value: _L.check_name == value)] = Field(default=None, max_length=600)
    status: CheckLinkStatus | None = None
    updated_since: UpdatedSince = None


check_links = Listing(_LINK, id=_L.id, query=CheckLinkQuery)


async def links_of(session: AsyncSession, checks: Collection[str]) -> list[CheckLink]:
    """The active links of checks of these names, of whatever source, in the order in which they were made."""
    query = select(CheckLink).where(among(_L.check_name, checks), _L.status == CheckLinkStatus.ACTIVE)
    return list((await session.scalars(query.order_by(_L.id))).all())


async def same_link(session: AsyncSession, link: CheckLink) -> UUID | None:
    """The active link that says the same as this one."""
    same = [
        column.is_(None) if value is None else column == value
        for column, value in ((_L.source_id, link.source_id), (_L.source, link.source), (_L.tool, link.tool))
    ]
    query = select(_L.id).where(
        _L.control_id == link.control_id,
        _L.check_name == link.check_name,
        _L.status == CheckLinkStatus.ACTIVE,
        *same,
    )
    return await session.scalar(query)
