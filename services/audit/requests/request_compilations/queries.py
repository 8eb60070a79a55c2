from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.facts.models import KnownControl
from services.audit.requests.requests.models import Request, RequestStatus
from shared.data.base import table_of
from shared.data.bulk import among

_R = table_of(Request).c
_K = table_of(KnownControl).c


async def engagement_before(session: AsyncSession, engagement_id: UUID, *, client_id: UUID) -> UUID | None:
    """The other engagement of a client for which the firm made requests last."""
    query = (
        select(_R.engagement_id)
        .where(
            _R.client_id == client_id,
            _R.engagement_id != engagement_id,
            _R.status != RequestStatus.CANCELLED,
        )
        .group_by(_R.engagement_id)
        .order_by(func.max(_R.created_at).desc())
        .limit(1)
    )
    return await session.scalar(query)


async def controls_called(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Code and title of these controls, as far as they are known. The transaction is the client's."""
    rows = await session.execute(select(_K.id, _K.code, _K.title).where(among(_K.id, control_ids)))
    return {row.id: (row.code, row.title) for row in rows}
