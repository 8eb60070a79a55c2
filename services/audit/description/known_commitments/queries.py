"""What is known of commitments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.known_commitments.models import KnownCommitment
from shared.data.base import table_of

_C = table_of(KnownCommitment).c


async def commitments_of(session: AsyncSession, programme_id: UUID | None) -> Sequence[KnownCommitment]:
    """The commitments in force of a programme, in the order in which they were recorded; none without a programme."""
    if programme_id is None:
        return []
    standing = select(KnownCommitment).where(_C.programme_id == programme_id, ~_C.withdrawn)
    return (await session.scalars(standing.order_by(_C.id))).all()
