from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.programmes.known_engagements.models import KnownEngagement

_CAME_TO_NOTHING = ("declined", "withdrawn")


async def engagements_for(session: AsyncSession, programme_id: UUID) -> Sequence[KnownEngagement]:
    """The engagements for a programme that go on or have a report, in the order in which they were proposed."""
    query = select(KnownEngagement).where(
        col(KnownEngagement.programme_id) == programme_id, col(KnownEngagement.phase).not_in(_CAME_TO_NOTHING)
    )
    ordered = query.order_by(col(KnownEngagement.proposed_at), col(KnownEngagement.id))
    return (await session.execute(ordered)).scalars().all()
