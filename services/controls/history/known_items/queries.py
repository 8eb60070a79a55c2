from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.history.known_items.models import ItemState, KnownItem
from shared.data.base import table_of
from shared.data.bulk import among

_I = table_of(KnownItem).c


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """How an item of evidence stands, and the first and the last day in UTC that it covers some of."""

    state: ItemState
    first_day: date
    last_day: date


async def items_known(session: AsyncSession, item_ids: Collection[UUID]) -> dict[UUID, ItemFacts]:
    """Those of these items of evidence that have been heard of."""
    if not item_ids:
        return {}
    query = select(_I.id, _I.state, _I.covers_from, _I.covers_until).where(among(_I.id, item_ids))
    return {
        row.id: ItemFacts(ItemState(row.state), day_of(row.covers_from), day_of(row.covers_until))
        for row in await session.execute(query)
    }
