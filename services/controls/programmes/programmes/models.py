from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class ReportType(StrEnum):
    """What it ends in. A SOC report is on one date (Type 1) or a period (Type 2), and is no certificate."""

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"
    SOC1_TYPE1 = "soc1_type1"
    SOC1_TYPE2 = "soc1_type2"
    ISO27001_CERTIFICATION = "iso27001_certification"
    SELF_ASSESSMENT = "self_assessment"


class ProgrammeStatus(StrEnum):
    """active → completed or withdrawn. A closed programme stays on record as it was."""

    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class Programme(Base, table=True):
    """An organisation's way to a report or certificate, against one pinned version of a framework.

    A Type 1 report speaks of `as_of_date`, a Type 2 report of the period whose first and last day are in it.
    """

    __tablename__ = "programmes"

    title: str
    report_type: str
    framework_version_id: UUID
    requirements_in_scope: int
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    system: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    isms_scope: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    asset_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    owner_id: UUID
    target_date: date
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    status: str = ProgrammeStatus.ACTIVE
    closed_at: datetime | None = instant(default=None)
    closed_because: str | None = None
