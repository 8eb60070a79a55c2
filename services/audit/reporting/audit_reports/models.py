from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD, instant


class ReportStatus(StrEnum):
    """draft → management review → approved → issued → superseded by the next one, or withdrawn.

    Until it is issued it may go back to draft, with a reason.
    """

    DRAFT = "draft"
    MANAGEMENT_REVIEW = "management_review"
    APPROVED = "approved"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class AuditReport(Base, table=True):
    """A report of an engagement: the auditing party's row, which the client sees from management's review on.

    `number` counts the reports of a kind in an engagement. `covers_from` and `covers_until` are UTC days, both
    included; a report as of a date covers that day. `content_sha256` is that of the content as canonical JSON, `sha256`
    that of the PDF that was issued. `rendered_content` is the digest of the content that the files have. `report_date`
    is the day that the report bears, `released_on` the UTC day on which it was issued.
    """

    __tablename__ = "audit_reports"

    engagement_id: UUID
    client_id: UUID
    kind: str
    number: int
    title: str
    covers_from: date
    covers_until: date
    report_date: date | None = None
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    content_sha256: str
    warnings: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = ReportStatus.DRAFT
    revises_id: UUID | None = None
    revision_reason: str | None = None
    released_at: datetime | None = instant(default=None)
    rendered_content: str | None = None
    rendered_as_draft: bool | None = None
    rendered_at: datetime | None = instant(default=None)
    approved_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    approved_at: datetime | None = instant(default=None)
    issued_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    issued_at: datetime | None = instant(default=None)
    released_on: date | None = None
    sha256: str | None = None
    signature: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    warned_days: int | None = None
    ended_at: datetime | None = instant(default=None)
    end_reason: str | None = None
