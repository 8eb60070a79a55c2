"""The tier of a vendor, fact by fact, and the day of the next review."""

from datetime import date

import pytest

from services.risk.oversight.vendor_reviews.rules import status_after
from services.risk.vendors.vendors.models import (
    DataClass,
    Dependence,
    Replaceability,
    VendorAccess,
    VendorKind,
    VendorStatus,
    VendorTier,
)
from services.risk.vendors.vendors.rules import TierFacts, next_review, tier_of

_NOTHING = {
    "kind": VendorKind.VENDOR,
    "data_class": DataClass.NONE,
    "personal_data": False,
    "access": VendorAccess.NONE,
    "dependence": Dependence.UNAFFECTED,
    "replaceability": Replaceability.MONTHS,
}


@pytest.mark.parametrize(
    ("facts", "tier", "codes"),
    [
        ({}, "low", ["nothing_more"]),
        ({"data_class": DataClass.PUBLIC}, "low", ["nothing_more"]),
        ({"data_class": DataClass.INTERNAL}, "moderate", ["data_class"]),
        ({"data_class": DataClass.CONFIDENTIAL}, "high", ["data_class"]),
        ({"data_class": DataClass.RESTRICTED, "access": VendorAccess.USER}, "high", ["data_class", "access"]),
        ({"data_class": DataClass.RESTRICTED, "access": VendorAccess.PRIVILEGED}, "critical", ["data_class", "access"]),
        ({"personal_data": True}, "high", ["personal_data"]),
        ({"access": VendorAccess.PREMISES}, "moderate", ["access"]),
        ({"access": VendorAccess.PRIVILEGED}, "high", ["access"]),
        ({"dependence": Dependence.DEGRADED}, "moderate", ["dependence"]),
        ({"dependence": Dependence.STOPS}, "critical", ["dependence"]),
        ({"dependence": Dependence.STOPS, "replaceability": Replaceability.WEEKS}, "high", ["dependence"]),
        ({"kind": VendorKind.SUBSERVICE}, "high", ["subservice"]),
    ],
)
def test_a_tier_is_the_highest_that_one_fact_gives(facts: dict[str, object], tier: str, codes: list[str]) -> None:
    found, reasons = tier_of(TierFacts(**(_NOTHING | facts)))  # type: ignore[arg-type]
    assert (found, [reason.code for reason in reasons]) == (tier, codes)
    assert reasons[0].tier == tier


def test_the_next_review_is_counted_from_the_day_that_the_last_one_was_due() -> None:
    assert next_review(date(2024, 2, 29), VendorTier.HIGH) == date(2025, 2, 28)
    assert next_review(date(2026, 1, 31), VendorTier.CRITICAL) == date(2027, 1, 31)
    assert next_review(date(2026, 1, 31), VendorTier.MODERATE) == date(2028, 1, 31)
    assert next_review(date(2026, 1, 31), VendorTier.LOW) == date(2029, 1, 31)


def test_a_vendor_in_use_stays_in_use_unless_it_is_rejected() -> None:
    status = VendorStatus
    assert status_after(status.ACTIVE, status.APPROVED_WITH_CONDITIONS) == status.ACTIVE
    assert status_after(status.ACTIVE, status.REJECTED) == status.SUSPENDED
    assert status_after(status.SUSPENDED, status.APPROVED) == status.SUSPENDED
    assert status_after(status.IN_REVIEW, status.APPROVED) == status.APPROVED
    assert status_after(status.IN_REVIEW, status.REJECTED) == status.REJECTED
