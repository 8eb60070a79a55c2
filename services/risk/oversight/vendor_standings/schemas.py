from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.vendors.vendors.models import VendorStatus, VendorTier


class DoneCode(StrEnum):
    """What was done."""

    APPROVED = "approved"
    REVIEWED = "reviewed"
    REPORT_RELIED_ON = "report_relied_on"
    QUESTIONNAIRE_ACCEPTED = "questionnaire_accepted"
    COMPLEMENTARY_CONTROLS_MAPPED = "complementary_controls_mapped"
    CONDITIONS_MET = "conditions_met"


class VendorLackCode(StrEnum):
    """What lacks."""

    NOT_APPROVED = "not_approved"
    REJECTED = "rejected"
    REVIEW_OVERDUE = "review_overdue"
    CONDITIONS_OVERDUE = "conditions_overdue"
    NO_REPORT = "no_report"
    REPORT_NOT_REVIEWED = "report_not_reviewed"
    REPORT_STALE = "report_stale"
    REPORT_GAP = "report_gap"
    COMPLEMENTARY_CONTROLS_UNMAPPED = "complementary_controls_unmapped"
    COMPLEMENTARY_CONTROLS_NOT_WORKING = "complementary_controls_not_working"
    NO_QUESTIONNAIRE = "no_questionnaire"
    OFFBOARDING_OPEN = "offboarding_open"


class DoneItem(BaseModel):
    code: DoneCode
    text: str
    on: date | None = Field(description="When it was done; null for what has no one day")


class VendorLack(BaseModel):
    code: VendorLackCode
    text: str
    since: date | None = Field(description="From which day on it lacks, where that is known")


class VendorStanding(BaseModel):
    """One vendor: what is done, and what lacks."""

    vendor_id: UUID
    code: str
    name: str
    tier: VendorTier
    status: VendorStatus
    asked: list[str] = Field(description="What the tier asks for, in words")
    done: list[DoneItem]
    lacks: list[VendorLack]


class VendorStandingsOut(BaseModel):
    """How the organisation manages the risks that come with vendors (CC9.2), vendor by vendor."""

    criterion: str = Field(examples=["CC9.2"])
    as_of: date
    vendors: list[VendorStanding] = Field(description="By code; offboarded ones are left out")
    without_lacks: int = Field(description="How many of these lack nothing")
    next_after: str | None = Field(description="What to ask `after` for the rest; null where there is none")
