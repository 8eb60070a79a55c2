from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.integrations.base import Part
from shared.data.base import instant


class TicketCredential(Part, table=True):
    """A connection's token or password, encrypted. Apart from the connection, so that the trail does not show it."""

    __tablename__ = "ticket_credentials"

    connection_id: UUID = Field(primary_key=True)
    sealed: bytes
    replaced_at: datetime = instant()
