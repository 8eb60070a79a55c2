from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Base, Secret
from shared.data.base import instant


class KeyState(StrEnum):
    """signing → superseded → withdrawn. One key signs; a superseded one is published until its tokens have expired."""

    SIGNING = "signing"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class SigningKey(Base, table=True):
    """The public half, of the platform organisation. Its id is the `kid` of the tokens it signs."""

    __tablename__ = "signing_keys"

    state: str = KeyState.SIGNING
    public_jwk: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    published_until: datetime | None = instant(default=None)


class SealedKey(Secret, table=True):
    """The private half, encrypted; apart from its key, because a thing's columns are told in the trail."""

    __tablename__ = "sealed_keys"

    id: UUID = Field(primary_key=True)
    sealed: bytes
