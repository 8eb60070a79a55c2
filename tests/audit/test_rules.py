"""The rules of audit: when a control failed, which failures count, and which risks followed."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.engagements.candidates.models import DeviationKind
from services.audit.engagements.candidates.rules import consequences, counts, kind_of, status_of
from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.engagements.rules import OPEN, allowed_from, faults_of_dates, needs_reason, span_of
from services.audit.engagements.facts.rules import Exceedance, Failure, HealthChange, failures
from shared.events.catalogue.controls import HealthState, ReasonCode
from shared.identity.team_roles import TeamRole

START = datetime(2026, 1, 1, tzinfo=UTC)
H, R, F, U = HealthState.HEALTHY, HealthState.AT_RISK, HealthState.FAILING, HealthState.UNKNOWN
WORKING = {H, R}
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
NO_CODES: frozenset[str] = frozenset()
LATER = START + 1000 * DAY


def changes_of(*states: HealthState, before: HealthState = U) -> list[HealthChange]:
    """A control that goes through these states, one a day."""
    return [
        HealthChange(
            n + 1, "AC-01", "Access review", state, ([before, *states])[n], ("Why.",), NO_CODES, START + n * DAY
        )
        for n, state in enumerate(states)
    ]


def failure(since: datetime, until: datetime | None) -> Failure:
    began = HealthChange(1, "AC-01", "Access review", F, H, ("Why.",), NO_CODES, since)
    return Failure(began, HealthChange(2, "AC-01", "Access review", H, F, (), NO_CODES, until) if until else None)


def spans(*states: HealthState) -> list[tuple[int, int | None]]:
    return [_days(each) for each in failures(changes_of(*states))]


def _days(found: Failure) -> tuple[int, int | None]:
    return (found.since - START).days, None if found.until is None else (found.until - START).days


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([H, R, H], []),
        ([H, F], [(1, None)]),
        ([H, F, H], [(1, 2)]),
        ([H, F, R, F, H], [(1, 2), (3, 4)]),
        ([F, U, H], [(0, 2)]),
        ([F, U, F, U], [(0, None)]),
        ([U, F, U, R, F], [(1, 3), (4, None)]),
    ],
)
def test_a_failure_lasts_until_the_control_is_known_to_work(
    states: list[HealthState], expected: list[tuple[int, int | None]]
) -> None:
    assert spans(*states) == expected


def test_what_a_change_says_of_the_time_before_it_ends_a_failure() -> None:
    first, _, second = changes_of(F, H, F)
    assert [_days(each) for each in failures([first, second])] == [(0, 2), (2, None)]


def test_a_failure_never_ends_before_it_began() -> None:
    began, ended = changes_of(F, H)
    late = HealthChange(ended.version, "AC-01", "", H, F, (), NO_CODES, began.at - DAY)
    assert [each.until for each in failures([began, late])] == [began.at]


@given(st.lists(st.sampled_from(list(HealthState)), max_size=12), st.data())
def test_failures_are_the_same_in_any_order(states: list[HealthState], data: st.DataObject) -> None:
    changes = changes_of(*states)
    expected = failures(changes)
    assert failures(data.draw(st.permutations(changes))) == expected


@given(st.lists(st.sampled_from(list(HealthState)), max_size=12))
def test_each_failing_day_lies_in_one_failure_and_no_working_one_in_any(states: list[HealthState]) -> None:
    found = failures(changes_of(*states))
    for change in changes_of(*states):
        covering = [each for each in found if each.covers(change.version)]
        if change.health == F:
            assert len(covering) == 1
        if change.health in WORKING:
            assert covering == []
    assert all(each.until is not None for each in found[:-1])


@given(st.lists(st.sampled_from(list(HealthState)), max_size=10), st.data())
def test_hearing_more_never_makes_one_failure_of_two_on_record(states: list[HealthState], data: st.DataObject) -> None:
    """Why a candidate can be told by the change that put it on record, whatever is heard later."""
    changes = changes_of(*states)
    heard = data.draw(st.lists(st.sampled_from(changes), unique=True)) if changes else []
    recorded = [each.began.version for each in failures(heard)]
    for found in failures(changes):
        assert len([version for version in recorded if found.covers(version)]) <= 1
    for version in recorded:
        assert any(found.covers(version) for found in failures(changes))


def engagement(first: date, last: date | None = None) -> Engagement:
    """An engagement as of a day, or over the period between two."""
    return Engagement(
        org_id=uuid.uuid4(),
        kind=EngagementKind.SOC2_TYPE2 if last else EngagementKind.SOC2_TYPE1,
        title="SOC 2",
        categories=["security"],
        asset_ids=[],
        as_of_date=None if last else first,
        period_start=first if last else None,
        period_end=last,
        control_ids=[],
        created_at=START,
        updated_at=START,
    )


FIRST = datetime(2026, 7, 1, tzinfo=UTC)
AFTER = datetime(2026, 10, 1, tzinfo=UTC)
PERIOD = span_of(engagement(date(2026, 7, 1), date(2026, 9, 30)))
AS_OF = span_of(engagement(date(2026, 7, 1)))


def test_a_span_holds_its_first_and_last_day() -> None:
    assert (PERIOD.start, PERIOD.end) == (FIRST, AFTER)
    assert (AS_OF.start, AS_OF.end) == (FIRST, FIRST + DAY)


@pytest.mark.parametrize(
    ("since", "until", "in_period", "on_date"),
    [
        (FIRST - DAY, FIRST - MOMENT, False, False),
        (FIRST - DAY, FIRST, False, False),
        (FIRST - DAY, FIRST + MOMENT, True, True),
        (FIRST - DAY, None, True, True),
        (FIRST, FIRST + MOMENT, True, True),
        (FIRST + DAY - MOMENT, None, True, True),
        (FIRST + DAY, None, True, False),
        (AFTER - MOMENT, AFTER + DAY, True, False),
        (AFTER, None, False, False),
    ],
)
def test_a_failure_counts_when_some_of_it_lies_within(
    since: datetime, until: datetime | None, in_period: bool, on_date: bool
) -> None:
    assert counts(failure(since, until), PERIOD, as_of=LATER) is in_period
    assert counts(failure(since, until), AS_OF, as_of=LATER) is on_date


def test_what_is_still_to_come_does_not_count_yet() -> None:
    standing = failure(FIRST - DAY, None)
    assert not counts(standing, AS_OF, as_of=FIRST - MOMENT)
    assert counts(standing, AS_OF, as_of=FIRST)


@pytest.mark.parametrize(
    ("until", "status"),
    [(None, "raised"), (FIRST + MOMENT, "remediated"), (FIRST, "lapsed"), (FIRST - MOMENT, "lapsed")],
)
def test_a_failure_that_was_over_before_the_time_is_withdrawn(until: datetime | None, status: str) -> None:
    assert status_of(failure(FIRST - DAY, until), AS_OF) == status


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ({ReasonCode.EVIDENCE_EXPIRED}, DeviationKind.EVIDENCE_MISSING),
        ({ReasonCode.EVIDENCE_MISSING}, DeviationKind.EVIDENCE_MISSING),
        ({ReasonCode.EVIDENCE_EXPIRED, ReasonCode.OPERATION_FAILED}, DeviationKind.OPERATION),
        ({ReasonCode.EVIDENCE_EXPIRED, ReasonCode.MORE}, DeviationKind.OPERATION),
        ({ReasonCode.OPERATION_FAILED}, DeviationKind.OPERATION),
        ({"something_added_later"}, DeviationKind.OPERATION),
        (set(), DeviationKind.OPERATION),
    ],
)
def test_evidence_is_missing_only_when_nothing_else_is_said(codes: set[str], kind: DeviationKind) -> None:
    assert kind_of(codes) == kind


def test_a_risk_follows_when_it_goes_above_appetite_while_the_control_fails() -> None:
    one, two, early, late = (uuid.UUID(int=n) for n in range(1, 5))
    at = {early: FIRST - MOMENT, one: FIRST, two: FIRST + DAY, late: FIRST + DAY + MOMENT}
    known = [Exceedance(risk, 1, "", "high", when) for risk, when in at.items()]
    again = Exceedance(one, 3, "", "very high", FIRST + DAY)
    found = consequences([failure(FIRST, FIRST + DAY)], [again, *known])
    assert [(each.risk_id, each.level) for each in found] == [(one, "high"), (two, "high")]
    assert len(consequences([failure(FIRST, None)], known)) == 3


def test_phases_go_on_by_one_and_back_until_the_report_is_issued() -> None:
    order = list(EngagementPhase)[:8]
    for place, phase in enumerate(order):
        allowed = allowed_from(phase)
        assert [each for each in allowed if not needs_reason(phase, each)] == order[place + 1 : place + 2]
        back = [each for each in allowed if each in order[:place]]
        assert back == (order[1:place] if phase != EngagementPhase.ACCEPTED and phase in OPEN else [])
        ends = {*allowed} - {*order}
        # A firm declines by refusing the proposal, which is no move of its own.
        withdrawable = phase in OPEN and phase != EngagementPhase.PROPOSED
        assert ends == ({EngagementPhase.WITHDRAWN} if withdrawable else set())
        assert all(TeamRole.ENGAGEMENT_PARTNER in roles for roles in allowed.values())
        assert all(TeamRole.STAFF not in roles for roles in allowed.values())
    assert allowed_from(EngagementPhase.DECLINED) == allowed_from(EngagementPhase.WITHDRAWN) == {}


DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 5)))


@given(st.sampled_from(EngagementKind), DAYS, DAYS, DAYS)
def test_dates_without_fault_are_a_date_or_a_period(
    kind: EngagementKind, as_of: date | None, start: date | None, end: date | None
) -> None:
    faults = faults_of_dates(kind, as_of_date=as_of, period_start=start, period_end=end)
    a_date = as_of is not None and start is None and end is None
    a_period = as_of is None and start is not None and end is not None and start < end
    assert (not faults) == (a_date if kind.endswith("type1") else a_period)
