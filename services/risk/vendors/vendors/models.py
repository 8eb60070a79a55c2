from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class VendorKind(StrEnum):
    """A subservice organisation is a vendor whose controls are necessary, with ours, to meet the criteria."""

    VENDOR = "vendor"
    SUBSERVICE = "subservice"


class DataClass(StrEnum):
    """The most sensitive of our data that the vendor gets."""

    NONE = "none"
    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class VendorAccess(StrEnum):
    """How far the vendor's people or systems get into ours."""

    NONE = "none"
    PREMISES = "premises"
    USER = "user"
    PRIVILEGED = "privileged"


class Dependence(StrEnum):
    """What becomes of our service when the vendor's stops."""

    UNAFFECTED = "unaffected"
    DEGRADED = "degraded"
    STOPS = "stops"


class Replaceability(StrEnum):
    """How long it takes to do without the vendor."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class VendorTier(StrEnum):
    """How much depends on a vendor, by rule."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class VendorStatus(StrEnum):
    """Where the relationship stands.

    prospect → in review → approved, approved with conditions or rejected; approved → active ⇄ suspended; any that was
    not offboarded → offboarding → offboarded. A rejected vendor may be reviewed again; an active one stays active while
    it is reviewed, and is suspended when the review rejects it.
    """

    PROSPECT = "prospect"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    REJECTED = "rejected"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OFFBOARDING = "offboarding"
    OFFBOARDED = "offboarded"


class ReviewCause(StrEnum):
    """Why a vendor is to be reviewed."""

    ONBOARDING = "onboarding"
    PERIODIC = "periodic"
    INCIDENT = "incident"
    REPORT_QUALIFIED = "report_qualified"
    MATERIAL_CHANGE = "material_change"


class Vendor(Base, table=True):
    """A vendor. The tier and its reasons follow from the facts; `approval` is what the last review decided.

    `review_due_on` is null once it is offboarding. `review_told_for` is the due day that was announced last.
    """

    __tablename__ = "vendors"

    code: str
    name: str
    kind: str
    services: str
    data: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    data_class: str
    personal_data: bool
    access: str
    dependence: str
    replaceability: str
    owner_id: UUID
    contacts: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    asset_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    tier: str
    tier_reasons: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = VendorStatus.PROSPECT
    status_reason: str | None = None
    approval: str | None = None
    approved_at: datetime | None = instant(default=None)
    review_due_on: date | None = None
    review_cause: str | None = None
    review_told_for: date | None = None
    offboarding: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
