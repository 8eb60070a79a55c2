"""What is known of controls."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.facts.models import KnownControl
from shared.data.base import table_of
from shared.data.bulk import among

_C = table_of(KnownControl).c


async def known_controls(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[KnownControl]:
    """Those of the controls that were heard of, by their codes."""
    if not ids:
        return []
    return (await session.scalars(select(KnownControl).where(among(_C.id, list(ids))).order_by(_C.code, _C.id))).all()
