from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.requests.known_evidence.models import KnownEvidence
from shared.data.base import table_of
from shared.data.bulk import among

_E = table_of(KnownEvidence).c


async def evidence_known(session: AsyncSession, item_ids: Collection[UUID]) -> dict[UUID, KnownEvidence]:
    """Those of these items that have been heard of."""
    rows = await session.scalars(select(KnownEvidence).where(among(_E.id, item_ids)))
    return {row.id: row for row in rows}
