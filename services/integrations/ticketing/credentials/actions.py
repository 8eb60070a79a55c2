"""Keeping and opening the credential of a connection, for whoever has locked the connection."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.credentials.models import TicketCredential
from shared.data.sessions import organisation_of
from shared.vault import the_vault


async def keep(session: AsyncSession, connection_id: UUID, credential: str, *, at: datetime) -> None:
    """Keep a credential in the place of the one before."""
    sealed = the_vault().seal(credential.encode(), belongs_to=connection_id)
    row = await session.get(TicketCredential, connection_id)
    if row is None:
        org_id = organisation_of(session)
        session.add(TicketCredential(org_id=org_id, connection_id=connection_id, sealed=sealed, replaced_at=at))
    else:
        row.sealed, row.replaced_at = sealed, at


async def opened(session: AsyncSession, connection_id: UUID) -> str:
    """The credential of a connection in clear, to be sent to its system and nowhere else."""
    row = await session.get_one(TicketCredential, connection_id)
    return the_vault().open(row.sealed, belongs_to=connection_id).decode()
