from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base, Part
from shared.data.base import instant


class DescriptionStatus(StrEnum):
    """draft → approved → superseded by the next one that is approved."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class SystemDescription(Base, table=True):
    """One version of the system description of an engagement. `texts` are those of the parts that are written.

    `none_of` are the parts of which management states that there is nothing to describe. `sha256` is that of what was
    approved, and null before.
    """

    __tablename__ = "system_descriptions"

    engagement_id: UUID
    number: int
    texts: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    none_of: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    criteria_not_relevant: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = DescriptionStatus.DRAFT
    authors: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    approver: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    approved_at: datetime | None = instant(default=None)
    sha256: str | None = None


class ApprovedContent(Part, table=True):
    """What an approved version says, with all that it names as it was then. The database lets nobody change it."""

    __tablename__ = "approved_contents"

    description_id: UUID = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
