"""Until when evidence is kept: the rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evidence.keeping.disposals.rules import needs_override
from services.evidence.keeping.retention.models import RetentionBasis
from services.evidence.keeping.retention.rules import FLOOR_YEARS, Facts, faults_of, kept, plus_years

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
MAYBE = st.none() | INSTANTS
FACTS = st.builds(
    Facts,
    basis=st.sampled_from(RetentionBasis),
    years=st.integers(1, 100),
    collected_at=INSTANTS,
    covers_until=INSTANTS,
    last_release=MAYBE,
    awaits_release=st.booleans(),
    controls_retired_at=MAYBE,
    counts_until=MAYBE,
)
PLAIN = Facts(
    basis=RetentionBasis.REPORT_RELEASE,
    years=7,
    collected_at=datetime(2018, 2, 1, tzinfo=UTC),
    covers_until=datetime(2018, 1, 1, tzinfo=UTC),
    last_release=None,
    awaits_release=False,
    controls_retired_at=None,
    counts_until=None,
)


@given(FACTS)
def test_audit_evidence_is_never_kept_for_less_than_five_years_after_its_release(facts: Facts) -> None:
    end = kept(facts).until
    if facts.last_release is not None and end is not None:
        assert end >= plus_years(facts.last_release, FLOOR_YEARS)


@given(FACTS)
def test_nothing_goes_while_a_report_is_not_out(facts: Facts) -> None:
    found = kept(replace(facts, awaits_release=True))
    assert found.until is None
    assert not found.due(datetime(2199, 1, 1, tzinfo=UTC))


@given(FACTS)
def test_nothing_goes_while_it_counts_or_before_the_years_of_its_class_are_over(facts: Facts) -> None:
    found = kept(facts)
    if found.until is not None:
        assert found.started_at is not None
        assert found.until >= plus_years(found.started_at, facts.years)
        assert facts.counts_until is None or found.until >= facts.counts_until
        assert not found.due(found.until - timedelta(microseconds=1))
        assert found.due(found.until)


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        (PLAIN, None),
        (replace(PLAIN, last_release=datetime(2018, 3, 15, tzinfo=UTC)), datetime(2025, 3, 15, tzinfo=UTC)),
        (replace(PLAIN, basis=RetentionBasis.COLLECTION, years=1), datetime(2019, 2, 1, tzinfo=UTC)),
        (replace(PLAIN, basis=RetentionBasis.PERIOD_END, years=2), datetime(2020, 1, 1, tzinfo=UTC)),
        (replace(PLAIN, basis=RetentionBasis.CONTROL_RETIREMENT), None),
        (
            replace(PLAIN, basis=RetentionBasis.COLLECTION, years=1, last_release=datetime(2018, 3, 15, tzinfo=UTC)),
            datetime(2023, 3, 15, tzinfo=UTC),
        ),
    ],
)
def test_the_clock_starts_from_the_fact_that_the_class_names(facts: Facts, until: datetime | None) -> None:
    assert kept(facts).until == until


def test_a_leap_day_ends_on_the_last_of_february() -> None:
    assert plus_years(datetime(2024, 2, 29, 12, tzinfo=UTC), 7) == datetime(2031, 2, 28, 12, tzinfo=UTC)
    assert plus_years(datetime(2024, 2, 29, tzinfo=UTC), 8) == datetime(2032, 2, 29, tzinfo=UTC)


def test_less_than_five_years_from_a_release_are_refused_with_the_reason() -> None:
    assert [fault.pointer for fault in faults_of(RetentionBasis.REPORT_RELEASE, 4)] == ["/years"]
    assert faults_of(RetentionBasis.REPORT_RELEASE, 5) == []
    assert faults_of(RetentionBasis.COLLECTION, 1) == []


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_the_guard_is_a_tenth(selected: int, of: int) -> None:
    assert needs_override(selected, of) is (10 * selected > of)
