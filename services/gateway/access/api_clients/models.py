from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.gateway.base import Base, Secret
from shared.clock import new_id
from shared.data.base import instant


class ClientStatus(StrEnum):
    """active → revoked. A revoked client stays on record and never comes back."""

    ACTIVE = "active"
    REVOKED = "revoked"


class ApiClient(Base, table=True):
    """A program with roles of its own. Its id is the OAuth `client_id`.

    What it does counts as done by its responsible person. Only the operator's own client has none.
    """

    __tablename__ = "api_clients"

    title: str
    responsible_id: UUID | None = None
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = ClientStatus.ACTIVE


class ClientSecret(Secret, table=True):
    """One of a client's secrets, as its SHA-256 digest. `last_used_at` is right to the hour."""

    __tablename__ = "client_secrets"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID
    digest: bytes
    created_at: datetime = instant()
    expires_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
    last_used_at: datetime | None = instant(default=None)
    updated_at: datetime = instant()
