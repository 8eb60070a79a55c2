from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class DocumentKind(StrEnum):
    """What a document is (AT-C sections 105 and 205; for ISO audits ISO/IEC 17021-1, 9.2)."""

    ENGAGEMENT_LETTER = "engagement_letter"
    MANAGEMENT_ASSERTION = "management_assertion"
    SUBSERVICE_ASSERTION = "subservice_assertion"
    REPRESENTATION_LETTER = "representation_letter"
    SUBSEQUENT_EVENTS_INQUIRY = "subsequent_events_inquiry"
    QUALITY_REVIEW = "quality_review"
    AUDIT_PLAN = "audit_plan"


class DocumentStatus(StrEnum):
    """recorded → withdrawn. A withdrawn one stays on record and counts no longer."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class EngagementDocument(Base, table=True):
    """A document of an engagement, recorded by one of its parties, whose row it is.

    `dated_on` is the day that the document bears. `shown` is whether the other party sees it: all but the quality
    review. `exceptions` are what management excepts from its assertion. `evidence_item_id` is where the client keeps
    it, `sha256` the digest of the bytes that were signed.
    """

    __tablename__ = "engagement_documents"

    engagement_id: UUID
    client_id: UUID
    firm_id: UUID
    kind: str
    title: str
    dated_on: date
    signatories: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    exceptions: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    sha256: str | None = None
    evidence_item_id: UUID | None = None
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    shown: bool
    status: str = DocumentStatus.RECORDED
