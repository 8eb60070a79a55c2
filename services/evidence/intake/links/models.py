from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base
from shared.data.base import instant


class Link(Base, table=True):
    """A link to a file as it was at a version: what changes the file, quarantine or disposal, withdraws the link.

    So does what withdraws the issuer's token: `rests_on` has the version of each thing that the token rests on, by id.
    """

    __tablename__ = "file_links"

    file_id: UUID
    file_version: int
    issuer: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    rests_on: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    expires_at: datetime = instant()
