from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.programmes.known_risks.models import KnownRisk


async def known_risks(session: AsyncSession) -> Sequence[KnownRisk]:
    """Every risk that was heard of, by code."""
    return (await session.execute(select(KnownRisk).order_by(col(KnownRisk.code), col(KnownRisk.id)))).scalars().all()
