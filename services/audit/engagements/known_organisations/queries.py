"""What is known of organisations."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.known_organisations.models import KnownOrganisation
from shared.data.base import table_of

_O = table_of(KnownOrganisation).c


async def known_organisation(session: AsyncSession, org_id: UUID) -> KnownOrganisation | None:
    """The organisation of this id, if it was heard of and the transaction's may see it."""
    return (await session.scalars(select(KnownOrganisation).where(_O.id == org_id))).one_or_none()
