"""What is known of programmes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.known_programmes.models import KnownProgramme


async def known_programme(session: AsyncSession, programme_id: UUID) -> KnownProgramme | None:
    """The programme, if it was heard of."""
    return (await session.execute(select(KnownProgramme).where(col(KnownProgramme.id) == programme_id))).scalar()
