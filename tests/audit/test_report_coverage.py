"""Which day is covered by which report or letter."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.audit.reporting.report_coverage.rules import Covering, a_year_after, gap_days, stretches
from services.audit.reporting.report_coverage.schemas import CoveredBy
from tests.audit.examined import Examined
from tests.audit.given import day
from tests.support import Organisation, created, ok

_BEGIN = date(2025, 1, 1)
_REPORT, _LETTER, _NEXT = (UUID(int=each) for each in (1, 2, 3))
_COVERINGS = st.lists(
    st.builds(
        lambda by, key, first, days: Covering(
            by, UUID(int=key), _BEGIN + timedelta(days=first), _BEGIN + timedelta(days=first + days)
        ),
        st.sampled_from([CoveredBy.REPORT, CoveredBy.BRIDGE_LETTER]),
        st.integers(1, 9),
        st.integers(0, 500),
        st.integers(0, 200),
    ),
    max_size=6,
)


def test_a_letter_covers_what_no_report_does_and_the_rest_are_gaps() -> None:
    coverings = [
        Covering(CoveredBy.REPORT, _REPORT, date(2025, 1, 1), date(2025, 6, 30)),
        Covering(CoveredBy.BRIDGE_LETTER, _LETTER, date(2025, 7, 1), date(2025, 9, 30)),
        Covering(CoveredBy.REPORT, _NEXT, date(2025, 9, 1), date(2025, 12, 31)),
    ]
    found = stretches(coverings, date(2026, 1, 10))
    assert [(each.by, each.id, each.first, each.last) for each in found] == [
        (CoveredBy.REPORT, _REPORT, date(2025, 1, 1), date(2025, 6, 30)),
        (CoveredBy.BRIDGE_LETTER, _LETTER, date(2025, 7, 1), date(2025, 8, 31)),
        (CoveredBy.REPORT, _NEXT, date(2025, 9, 1), date(2025, 12, 31)),
        (CoveredBy.GAP, None, date(2026, 1, 1), date(2026, 1, 10)),
    ]
    assert gap_days(found) == 10
    assert stretches([], date(2026, 1, 1)) == []


@given(_COVERINGS, st.integers(0, 900))
def test_every_day_is_there_once_and_is_covered_if_anything_covers_it(coverings: list[Covering], days: int) -> None:
    until = _BEGIN + timedelta(days=days)
    found = stretches(coverings, until)
    told = [each.first + timedelta(days=place) for each in found for place in range((each.last - each.first).days + 1)]
    begins = min((each.first for each in coverings), default=until + timedelta(days=1))
    assert told == [begins + timedelta(days=place) for place in range((until - begins).days + 1)]
    for each in found:
        covers = {other.by for other in coverings if other.first <= each.first <= other.last}
        assert each.by == (CoveredBy.REPORT if CoveredBy.REPORT in covers else next(iter(covers), CoveredBy.GAP))


def test_a_report_is_current_for_a_year() -> None:
    assert a_year_after(date(2026, 6, 30)) == date(2027, 6, 30)
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)


async def test_reports_and_letters_cover_the_days_up_to_now(examined: Examined, other_org: Organisation) -> None:
    report = await examined.issued()
    gap = ok(await examined.org.viewer.get("/v1/report-coverage"))
    assert [(each["covered_by"], each["id"]) for each in gap["stretches"]] == [("report", report["id"]), ("gap", None)]
    assert (gap["gap_days"], gap["current_until"]) == (1, report["current_until"])
    draft = {"report_id": report["id"], "covers_until": day(0), "no_changes": True, "no_incidents": True}
    letter = created(await examined.org.manager.post("/v1/bridge-letters", json=draft))
    assert ok(await examined.org.viewer.get("/v1/report-coverage"))["gap_days"] == 1, "a draft covers nothing"
    signed = {"signatory": {"name": "Dana Duarte", "position": "Chief Executive Officer"}, "signed_on": day(0)}
    ok(await examined.org.admin.post(f"/v1/bridge-letters/{letter['id']}/signatures", json=signed))
    covered = ok(await examined.org.viewer.get("/v1/report-coverage"))
    assert [each["id"] for each in covered["stretches"]] == [report["id"], letter["id"]]
    assert covered["gap_days"] == 0
    assert ok(await examined.org.viewer.get("/v1/report-coverage", params={"kind": "soc1_type2"}))["stretches"] == []
    assert ok(await other_org.viewer.get("/v1/report-coverage"))["stretches"] == []
