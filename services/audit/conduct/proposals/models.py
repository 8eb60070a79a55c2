from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class ProposalStatus(StrEnum):
    """open → accepted or declined by the firm, or withdrawn by the client. An engagement has one open at most."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Proposal(Base, table=True):
    """An engagement as it was proposed to a firm. The row is the client's, and the firm that was asked reads it.

    `title` and `kind` are those of the engagement then: a firm that was asked once sees no more of it later.
    """

    __tablename__ = "engagement_proposals"

    engagement_id: UUID
    firm_id: UUID
    title: str
    kind: str
    status: str = ProposalStatus.OPEN
    proposed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    settled_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    settled_at: datetime | None = instant(default=None)
    reason: str | None = None
