from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Base, Secret
from shared.data.base import instant


class InvitationStatus(StrEnum):
    """open → accepted, by founding the firm, or revoked, by the client; an open one expires by its own instant."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class FirmInvitation(Base, table=True):
    """A client's invitation of a firm. It is the client's row; `firm_id` is the organisation that was founded by it."""

    __tablename__ = "firm_invitations"

    firm_name: str
    contact_name: str
    contact_email: str
    invited_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    expires_at: datetime = instant()
    status: str = InvitationStatus.OPEN
    firm_id: UUID | None = None
    ended_at: datetime | None = instant(default=None)


class InvitationSecret(Secret, table=True):
    """The secret of an invitation, as its SHA-256 digest."""

    __tablename__ = "firm_invitation_secrets"

    invitation_id: UUID = Field(primary_key=True)
    digest: bytes
