from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class LetterStatus(StrEnum):
    """draft → signed → sent. It may be withdrawn. That it lapsed follows from the day, and from later reports."""

    DRAFT = "draft"
    SIGNED = "signed"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class BridgeLetter(Base, table=True):
    """A bridge letter of the client. `covers_from` is the day after the report's period; both days are included, UTC.

    Null `changes` or `incidents` in a signed letter: management states that there were none. `override_reason` is why
    it covers more than three months.
    """

    __tablename__ = "bridge_letters"

    report_id: UUID
    engagement_id: UUID
    firm: str
    report_kind: str
    report_title: str
    report_from: date
    report_until: date
    organization: str
    covers_from: date
    covers_until: date
    addressee: str
    changes: str | None = None
    no_changes: bool
    incidents: str | None = None
    no_incidents: bool
    override_reason: str | None = None
    status: str = LetterStatus.DRAFT
    signatory: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    signed_on: date | None = None
    signed_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    sendings: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
