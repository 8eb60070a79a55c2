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

    A SOC report is about controls as of a date (Type 1) or over a period (Type 2). Readiness finds gaps, and is no
    examination. A certification against ISO/IEC 27001 takes two audits: of the documents and the readiness (stage 1),
    and of the implementation (stage 2); surveillance and recertification follow (ISO/IEC 17021-1, 9.6). An internal
    audit is the organisation's own (ISO/IEC 27001, 9.2).
    """

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"
    SOC1_TYPE1 = "soc1_type1"
    SOC1_TYPE2 = "soc1_type2"
    READINESS = "readiness"
    ISO27001_INTERNAL = "iso27001_internal"
    ISO27001_STAGE1 = "iso27001_stage1"
    ISO27001_STAGE2 = "iso27001_stage2"
    ISO27001_SURVEILLANCE = "iso27001_surveillance"
    ISO27001_RECERTIFICATION = "iso27001_recertification"


class EngagementPhase(StrEnum):
    """proposed → accepted → planning → fieldwork → evaluation → reporting → issued → completed.

    A proposal may be declined or withdrawn, and the engagement proposed anew. From planning until the report is issued
    it may go back, with a reason; from an accepted one the firm may withdraw until then, which is final.
    """

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    PLANNING = "planning"
    FIELDWORK = "fieldwork"
    EVALUATION = "evaluation"
    REPORTING = "reporting"
    ISSUED = "issued"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TrustServicesCategory(StrEnum):
    """The Trust Services Categories (TSP section 100)."""

    SECURITY = "security"
    AVAILABILITY = "availability"
    CONFIDENTIALITY = "confidentiality"
    PROCESSING_INTEGRITY = "processing_integrity"
    PRIVACY = "privacy"


class Industry(StrEnum):
    """What the organisation earns its living with: the sections of the United Nations' ISIC, revision 4."""

    AGRICULTURE = "agriculture"
    MINING = "mining"
    MANUFACTURING = "manufacturing"
    ENERGY = "energy"
    WATER_AND_WASTE = "water_and_waste"
    CONSTRUCTION = "construction"
    TRADE = "trade"
    TRANSPORT = "transport"
    HOSPITALITY = "hospitality"
    INFORMATION_AND_COMMUNICATION = "information_and_communication"
    FINANCE_AND_INSURANCE = "finance_and_insurance"
    REAL_ESTATE = "real_estate"
    PROFESSIONAL_SERVICES = "professional_services"
    ADMINISTRATIVE_SERVICES = "administrative_services"
    PUBLIC_ADMINISTRATION = "public_administration"
    EDUCATION = "education"
    HEALTH_AND_SOCIAL_WORK = "health_and_social_work"
    ARTS_AND_RECREATION = "arts_and_recreation"
    OTHER_SERVICES = "other_services"
    HOUSEHOLDS = "households"
    EXTRATERRITORIAL = "extraterritorial"


class Engagement(Base, table=True):
    """An examination of the controls of an organisation, which it proposes to the auditing party that conducts it.

    `firm_id` is the organisation of the auditing party: an audit firm, or the organisation's own for readiness and
    internal audits. `follows_id` is the engagement whose open matters it takes up, such as the stage 1 of a stage 2.
    Dates are UTC days, the first and the last day included. `accepted_at`, `fieldwork_at` and `issued_at` are when it
    reached these phases; going back before a phase clears its instant. `industry` and `headcount`, the people who work
    for the organisation, drive what the engagement costs.
    """

    __tablename__ = "engagements"

    kind: str
    title: str
    firm_id: UUID | None = None
    programme_id: UUID | None = None
    follows_id: UUID | None = None
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    phase: str = EngagementPhase.PROPOSED
    accepted_at: datetime | None = instant(default=None)
    fieldwork_at: datetime | None = instant(default=None)
    issued_at: datetime | None = instant(default=None)
    industry: str | None = None
    headcount: int | None = None
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    asset_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
