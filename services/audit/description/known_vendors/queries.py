"""What is known of vendors."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.known_vendors.models import KnownVendor
from shared.data.base import table_of

_V = table_of(KnownVendor).c


async def known_vendor(session: AsyncSession, vendor_id: UUID) -> KnownVendor | None:
    """The vendor of this id, if the transaction's organisation has it and it was heard of."""
    return (await session.scalars(select(KnownVendor).where(_V.id == vendor_id))).one_or_none()
