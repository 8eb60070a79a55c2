from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.programmes.known_engagements.models import KnownEngagement


async def engagements_for(session: AsyncSession, programme_id: UUID) -> Sequence[KnownEngagement]:
    """The engagements for a programme that were heard of, in the order in which they were planned."""
    query = select(KnownEngagement).where(col(KnownEngagement.programme_id) == programme_id)
    ordered = query.order_by(col(KnownEngagement.planned_at), col(KnownEngagement.id))
    return (await session.execute(ordered)).scalars().all()
