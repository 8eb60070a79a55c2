from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.history.known_items.models import ItemState, KnownItem
from shared.data.base import table_of
from shared.data.bulk import among

_I = table_of(KnownItem).c


async def states_of(session: AsyncSession, item_ids: Collection[UUID]) -> dict[UUID, ItemState]:
    """How those of these items stand that have been heard of."""
    if not item_ids:
        return {}
    rows = await session.execute(select(_I.id, _I.state).where(among(_I.id, item_ids)))
    return {row.id: ItemState(row.state) for row in rows}
