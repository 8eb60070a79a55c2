from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.integrations.base import Part
from shared.data.base import instant


class Message(Part, table=True):
    """An event as it is told outside. `id` is the event's; `body` never changes.

    `permission` is what reads the thing that the event is about.
    """

    __tablename__ = "webhook_messages"

    id: UUID = Field(primary_key=True)
    type: str = Field(primary_key=True)
    permission: str
    body: bytes
    heard_at: datetime = instant()
