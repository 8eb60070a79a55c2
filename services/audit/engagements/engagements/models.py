from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.audit.base import Base


class EngagementKind(StrEnum):
    """What the service auditor examines and reports on: controls as of a date (Type 1) or over a period (Type 2)."""

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"


class EngagementPhase(StrEnum):
    """planned → fieldwork → review → reporting → issued → closed. Until the report is issued it may go back."""

    PLANNED = "planned"
    FIELDWORK = "fieldwork"
    REVIEW = "review"
    REPORTING = "reporting"
    ISSUED = "issued"
    CLOSED = "closed"


class TrustServicesCategory(StrEnum):
    """The Trust Services Categories (TSP section 100)."""

    SECURITY = "security"
    AVAILABILITY = "availability"
    CONFIDENTIALITY = "confidentiality"
    PROCESSING_INTEGRITY = "processing_integrity"
    PRIVACY = "privacy"


class Engagement(Base, table=True):
    """An examination of controls by a CPA firm. Dates are UTC days, the first and the last day included."""

    __tablename__ = "engagements"

    kind: str
    title: str
    firm: str
    firm_licence: str
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    phase: str = EngagementPhase.PLANNED
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
