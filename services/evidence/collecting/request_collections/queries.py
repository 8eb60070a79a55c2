from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.models import Collection
from shared.data.records import lock_rows


async def collection_of(session: AsyncSession, request_id: UUID) -> Collection | None:
    """The collection of a request, locked until the transaction ends."""
    query = select(Collection).where(col(Collection.request_id) == request_id)
    return next(iter(await lock_rows(session, query)), None)
