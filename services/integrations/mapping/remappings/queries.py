from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.integrations.mapping.remappings.schemas import RemappingInput
from services.integrations.receiving.deliveries.models import Delivery
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import lock_rows

_D = table_of(Delivery).c


async def how_many(session: AsyncSession, asked: RemappingInput) -> int:
    """How many deliveries are mapped again."""
    return await session.scalar(select(func.count()).where(*_meant(asked))) or 0


async def next_ones(
    session: AsyncSession, asked: RemappingInput, *, after: UUID | None, limit: int
) -> Sequence[Delivery]:
    """The deliveries that come next in the order of their ids, locked."""
    query = select(Delivery).where(*_meant(asked))
    if after is not None:
        query = query.where(col(Delivery.id) > after)
    return await lock_rows(session, query.order_by(col(Delivery.id)).limit(limit))


def _meant(asked: RemappingInput) -> list[Any]:
    where: list[Any] = [_D.received_at >= asked.received_since, _D.received_at < asked.received_until]
    if asked.source_id is not None:
        where.append(_D.source_id == asked.source_id)
    if asked.states:
        where.append(among(_D.state, [str(state) for state in asked.states]))
    return where
