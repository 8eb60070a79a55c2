from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class AssuranceKind(StrEnum):
    """What was received."""

    SOC1 = "soc1"
    SOC2 = "soc2"
    SOC3 = "soc3"
    ISO27001 = "iso27001"
    OTHER = "other"


class AssuranceType(StrEnum):
    """Type 1 speaks of the design on a day, type 2 also of the operation over a period."""

    TYPE1 = "type1"
    TYPE2 = "type2"


class AuditorsOpinion(StrEnum):
    """What the vendor's auditor said of one subject matter. One that is unmodified may still name exceptions."""

    UNMODIFIED = "unmodified"
    QUALIFIED = "qualified"
    ADVERSE = "adverse"
    DISCLAIMER = "disclaimer"


class AssuranceStatus(StrEnum):
    """filed → being reviewed → reviewed → superseded. That it is stale is computed from its period."""

    FILED = "filed"
    BEING_REVIEWED = "being_reviewed"
    REVIEWED = "reviewed"
    SUPERSEDED = "superseded"


class Reliance(StrEnum):
    """How far we rely on a report."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class AssuranceReport(Base, table=True):
    """A report as it was received. Its period is from `period_start` to `period_end`, both included.

    A type 1 report has only `period_end`, its day; a certificate's period is its validity. From `stale_on` on it says
    too little of the present.
    """

    __tablename__ = "assurance_reports"

    vendor_id: UUID
    kind: str
    report_type: str | None = None
    title: str
    auditor: str
    system: str
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    period_start: date | None = None
    period_end: date
    stale_on: date
    evidence_id: UUID | None = None
    subject_matters: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    exceptions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    subservice_organisations: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    bridge_letters: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    checklist: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    supersedes: UUID | None = None
    status: str = AssuranceStatus.FILED
    reliance: str | None = None
    conclusion: str | None = None
    reviewed_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    reviewed_at: datetime | None = instant(default=None)
    filed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    stale_told_for: date | None = None
