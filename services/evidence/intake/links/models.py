from datetime import datetime
from uuid import UUID

from services.evidence.base import Base
from shared.data.base import instant


class Link(Base, table=True):
    """A link to a file as it was at a version: what changes the file, quarantine or disposal, withdraws the link."""

    __tablename__ = "file_links"

    file_id: UUID
    file_version: int
    issuer: str
    expires_at: datetime = instant()
