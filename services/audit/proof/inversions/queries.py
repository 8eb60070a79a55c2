from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.proof.chronologies.queries import of_engagement
from services.audit.proof.inversions.rules import OF_INTEREST, Happened
from shared.data.tables import events

_V = events.c


async def told_of(session: AsyncSession, engagement_id: UUID) -> Sequence[Happened]:
    """What the trail of the session's organisation, the auditing party, says of the order of its work."""
    query = select(_V.id, _V.type, _V.subject, _V.occurred_at, _V.person, _V.person_name, _V.data).where(
        _V.type.in_(OF_INTEREST), of_engagement(literal(engagement_id, Uuid()))
    )
    return [Happened(*row) for row in await session.execute(query.order_by(_V.occurred_at, _V.id))]
