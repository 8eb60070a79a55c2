"""Which days are covered, and which letters bridge them: half-open sets, leap years and gaps of one day."""

from datetime import date

import pytest

from services.risk.vendors.assurance_coverage.rules import AssuredBy, Cover, Span, gaps
from services.risk.vendors.assurance_reports.models import AssuranceKind
from services.risk.vendors.assurance_reports.rules import letter_faults, questions_for, stale_on
from services.risk.vendors.assurance_reports.schemas import ReceivedLetterDraft
from shared.clock import new_id

YEAR = Span.including(date(2026, 1, 1), date(2026, 12, 31))


def cover(first: tuple[int, int, int], last: tuple[int, int, int]) -> Cover:
    return Cover(new_id(), AssuredBy.REPORT, Span.including(date(*first), date(*last)))


@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        ([], [("2026-01-01", "2026-12-31", 365)]),
        ([cover((2025, 10, 1), (2026, 9, 30))], [("2026-10-01", "2026-12-31", 92)]),
        ([cover((2025, 10, 1), (2026, 9, 30)), cover((2026, 10, 1), (2027, 9, 30))], []),
        (
            [cover((2025, 10, 1), (2026, 9, 29)), cover((2026, 10, 1), (2027, 9, 30))],
            [("2026-09-30", "2026-09-30", 1)],
        ),
        (
            [cover((2026, 2, 1), (2026, 2, 28)), cover((2026, 2, 10), (2026, 12, 31))],
            [("2026-01-01", "2026-01-31", 31)],
        ),
        ([cover((2027, 1, 1), (2027, 12, 31))], [("2026-01-01", "2026-12-31", 365)]),
    ],
)
def test_the_days_that_nothing_covers_are_found(covers: list[Cover], expected: list[tuple[str, str, int]]) -> None:
    assert [(str(each.start), str(each.last), each.days) for each in gaps(covers, YEAR)] == expected


def test_a_leap_day_is_a_day() -> None:
    period = Span.including(date(2024, 1, 1), date(2024, 12, 31))
    (gap,) = gaps([cover((2023, 3, 1), (2024, 2, 28)), cover((2024, 3, 1), (2025, 2, 28))], period)
    assert (gap.start, gap.days) == (date(2024, 2, 29), 1)


def test_a_report_is_stale_a_year_after_its_period_and_a_certificate_when_it_ends() -> None:
    assert stale_on(AssuranceKind.SOC2, date(2024, 2, 29)) == date(2025, 2, 28)
    assert stale_on(AssuranceKind.SOC1, date(2026, 9, 30)) == date(2027, 9, 30)
    assert stale_on(AssuranceKind.ISO27001, date(2026, 9, 30)) == date(2026, 10, 1)


LETTER = {
    "covers_from": "2026-10-01",
    "covers_until": "2026-12-31",
    "signed_by": "Sam Cole",
    "signer_role": "CISO",
    "by_management": True,
    "signed_on": "2026-12-31",
    "material_changes": False,
    "incidents": False,
}


@pytest.mark.parametrize(
    ("changes", "report_type", "pointers"),
    [
        ({}, "type2", []),
        ({"covers_until": "2026-12-30", "signed_on": "2026-12-30"}, "type2", []),
        ({"covers_until": "2027-01-01", "signed_on": "2027-01-01"}, "type2", ["/covers_until"]),
        ({"covers_from": "2026-10-02"}, "type2", ["/covers_from"]),
        ({"covers_from": "2026-09-01"}, "type2", []),
        ({"covers_until": "2026-09-30", "signed_on": "2026-09-30"}, "type2", ["/covers_until"]),
        ({"by_management": False}, "type2", ["/by_management"]),
        ({"signed_on": "2026-12-30"}, "type2", ["/signed_on"]),
        ({"signed_on": "2027-03-01"}, "type2", ["/signed_on"]),
        ({"incidents": True}, "type2", ["/note"]),
        ({"incidents": True, "note": "One, on 3 November."}, "type2", []),
        ({}, "type1", ["/covers_from"]),
        ({}, None, ["/covers_from"]),
    ],
)
def test_a_letter_of_management_bridges_three_months(
    changes: dict[str, object], report_type: str | None, pointers: list[str]
) -> None:
    letter = ReceivedLetterDraft.model_validate(LETTER | changes)
    faults = letter_faults(letter, report_type, date(2026, 9, 30), date(2027, 2, 1))
    assert [fault.pointer for fault in faults] == pointers


def test_each_kind_of_report_has_its_checklist() -> None:
    assert len(questions_for(AssuranceKind.SOC2)) == 18
    assert len(questions_for(AssuranceKind.ISO27001)) == 15
    assert len(questions_for(AssuranceKind.OTHER)) == 11
