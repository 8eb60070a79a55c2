from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Secret
from shared.data.base import instant


class StreamTicket(Secret, table=True):
    """Opens one stream, once, of what was asked for, as the caller who fetched it. Its secret is known by digest."""

    __tablename__ = "stream_tickets"

    id: UUID = Field(primary_key=True)
    digest: bytes
    caller: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    wanted: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    expires_at: datetime = instant()
    used_at: datetime | None = instant(default=None)
