"""What is known of firms. Any organisation's transaction may ask, by the firm's id."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.known_firms.models import KnownFirm, KnownLicence
from shared.data.base import table_of

_F, _L = table_of(KnownFirm).c, table_of(KnownLicence).c


async def known_firm(session: AsyncSession, firm_id: UUID) -> KnownFirm | None:
    """The audit firm of this id, if it was heard of."""
    return (await session.scalars(select(KnownFirm).where(_F.id == firm_id))).one_or_none()


async def licences_of(session: AsyncSession, firm_id: UUID) -> Sequence[KnownLicence]:
    """The licences of a firm, oldest first: its own, and within its own organisation also those of its people."""
    held = select(KnownLicence).where(_L.org_id == firm_id).order_by(_L.id)
    return (await session.scalars(held)).all()
