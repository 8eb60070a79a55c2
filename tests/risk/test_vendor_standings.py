"""CC9.2: what is done about each vendor, and what lacks."""

from dataclasses import replace
from datetime import date

import pytest

from services.risk.oversight.vendor_standings.rules import ReportFacts, StandingFacts, asked_of, done_in, lacks_in
from services.risk.vendors.complementary_controls.schemas import ComplementaryStatus
from services.risk.vendors.vendors.models import VendorStatus, VendorTier
from tests.risk.asked import accepted, published
from tests.risk.assurance import relied_on
from tests.risk.vendors import active_vendor, registered_vendor, today
from tests.support import Organisation, ok, problem

DAY = date(2026, 6, 30)
REPORT = ReportFacts("SOC 2 2025", date(2026, 3, 1), relied_on=True, stale_on=date(2027, 3, 31), covered_until=DAY)
SOUND = StandingFacts(
    tier=VendorTier.HIGH,
    status=VendorStatus.ACTIVE,
    approval=VendorStatus.APPROVED,
    approved_on=date(2026, 3, 2),
    review_due_on=date(2027, 3, 2),
    last_review_closed_on=date(2026, 3, 2),
    conditions_met=1,
    reports=[REPORT],
    complementary={ComplementaryStatus.WORKING: 2, ComplementaryStatus.NOT_APPLICABLE: 1},
    questionnaire_accepted_on=date(2026, 2, 1),
)


def test_a_vendor_for_whom_all_is_done_lacks_nothing() -> None:
    assert list(lacks_in(SOUND, DAY)) == []
    assert [item.code for item in done_in(SOUND)] == [
        "approved",
        "reviewed",
        "report_relied_on",
        "questionnaire_accepted",
        "complementary_controls_mapped",
        "conditions_met",
    ]
    low = StandingFacts(VendorTier.LOW, VendorStatus.ACTIVE, VendorStatus.APPROVED, DAY, date(2029, 1, 1), DAY, 0)
    assert list(lacks_in(low, DAY)) == []
    assert (len(asked_of(VendorTier.LOW)), len(asked_of(VendorTier.CRITICAL))) == (1, 3)


@pytest.mark.parametrize(
    ("facts", "code", "since"),
    [
        (replace(SOUND, approval=None), "not_approved", None),
        (replace(SOUND, approval=VendorStatus.REJECTED), "rejected", date(2026, 3, 2)),
        (replace(SOUND, review_due_on=date(2026, 6, 29)), "review_overdue", date(2026, 6, 29)),
        (replace(SOUND, overdue_since=[date(2026, 6, 1), date(2026, 5, 1)]), "conditions_overdue", date(2026, 5, 1)),
        (replace(SOUND, reports=[]), "no_report", None),
        (
            replace(SOUND, reports=[REPORT, replace(REPORT, reviewed_on=None, relied_on=False)]),
            "report_not_reviewed",
            None,
        ),
        (replace(SOUND, reports=[replace(REPORT, stale_on=DAY)]), "report_stale", DAY),
        (replace(SOUND, reports=[replace(REPORT, covered_until=date(2026, 3, 29))]), "report_gap", date(2026, 3, 30)),
        (replace(SOUND, complementary={"unmapped": 1}), "complementary_controls_unmapped", None),
        (replace(SOUND, complementary={"untested": 1}), "complementary_controls_not_working", None),
        (replace(SOUND, questionnaire_accepted_on=date(2025, 6, 29)), "no_questionnaire", None),
        (replace(SOUND, status=VendorStatus.OFFBOARDING), "offboarding_open", None),
    ],
)
def test_each_lack_is_named(facts: StandingFacts, code: str, since: date | None) -> None:
    assert [(lack.code, lack.since) for lack in lacks_in(facts, DAY)] == [(code, since)]


async def test_the_vendors_are_read_with_what_is_done_and_lacks(org: Organisation, other_org: Organisation) -> None:
    first = await active_vendor(org)
    await relied_on(org, first)
    await accepted(org, first, await published(org))
    await registered_vendor(org, code="V-02")
    shown = ok(await org.viewer.get("/v1/vendor-standings"))
    assert (shown["criterion"], shown["without_lacks"], shown["next_after"]) == ("CC9.2", 1, None)
    done, lacking = shown["vendors"]
    assert (done["vendor_id"], done["lacks"]) == (first, [])
    assert [each["code"] for each in lacking["lacks"]] == ["not_approved", "no_report", "no_questionnaire"]
    later = ok(await org.viewer.get("/v1/vendor-standings", params={"as_of": today(400)}))["vendors"][0]["lacks"]
    assert [each["code"] for each in later] == ["review_overdue", "report_stale", "report_gap", "no_questionnaire"]
    page = ok(await org.viewer.get("/v1/vendor-standings", params={"limit": 1}))
    assert page["next_after"] == "V-01"
    rest = ok(await org.viewer.get("/v1/vendor-standings", params={"after": "V-01", "tier": "high"}))
    assert [each["code"] for each in rest["vendors"]] == ["V-02"]
    assert ok(await other_org.viewer.get("/v1/vendor-standings"))["vendors"] == []
    problem(await org.monitor.get("/v1/vendor-standings"), 403, "forbidden")
