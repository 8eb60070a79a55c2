from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class EngagementKind(StrEnum):
    """What is examined and reported on.

    A SOC report is about controls as of a date (Type 1) or over a period (Type 2). A certification against
    ISO/IEC 27001 takes two audits: of the documents and the readiness (stage 1), and of the implementation (stage 2).
    """

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"
    SOC1_TYPE1 = "soc1_type1"
    SOC1_TYPE2 = "soc1_type2"
    ISO27001_STAGE1 = "iso27001_stage1"
    ISO27001_STAGE2 = "iso27001_stage2"


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
    """An examination of controls by a CPA firm or certification body, for a programme of the organisation that is here.

    Dates are UTC days, the first and the last day included. `fieldwork_at` and `issued_at` are when it reached these
    phases; going back before a phase clears its instant.
    """

    __tablename__ = "engagements"

    kind: str
    title: str
    firm: str
    firm_licence: str
    programme_id: UUID | None = None
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    phase: str = EngagementPhase.PLANNED
    fieldwork_at: datetime | None = instant(default=None)
    issued_at: datetime | None = instant(default=None)
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
