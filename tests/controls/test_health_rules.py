"""Health is a pure function: what an auditor reads in rules.py holds for any facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.health.health.rules import (
    ExpectationFacts,
    Facts,
    IssueFacts,
    ProofFacts,
    TestFacts,
    assess,
    next_change,
)
from services.controls.health.known_evidence.models import ProofState
from services.controls.health.reasons.rules import failures_by_misses
from services.controls.register.missed_occurrences.rules import Miss, MissRecord
from shared.events.catalogue.controls import HealthState, ReasonCode, Severity
from shared.events.catalogue.testing import Outcome, TestKind

LIVE = {ProofState.ACCEPTED, ProofState.EXPIRING}
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORSE_TO_BETTER = [HealthState.FAILING, HealthState.UNKNOWN, HealthState.AT_RISK, HealthState.HEALTHY]

FAILED = TestFacts("New test", concluded=Outcome.FAIL, since=NOON, latest=Outcome.FAIL)
PASSED = TestFacts("New test", concluded=Outcome.PASS, since=NOON, latest=Outcome.PASS)
LAPSED = ExpectationFacts("New proof", [ProofFacts("Report", ProofState.EXPIRED, NOON)])
HIGH = IssueFacts("New issue", Severity.HIGH)

instants = st.sampled_from([NOON - HOUR, NOON, NOON + HOUR])
titles = st.sampled_from(["A", "B", "C"])
proofs = st.builds(
    ProofFacts, title=st.just("Proof"), state=st.sampled_from(ProofState), valid_until=st.none() | instants
)
expectations = st.builds(
    ExpectationFacts, title=titles, proofs=st.lists(proofs, max_size=3), overdue_since=st.none() | instants
)
tests = st.builds(
    TestFacts,
    title=titles,
    kind=st.sampled_from(TestKind),
    concluded=st.sampled_from([None, Outcome.PASS, Outcome.FAIL]),
    since=st.none() | instants,
    latest=st.none() | st.sampled_from(Outcome),
    due_at=st.none() | instants,
)
misses = st.builds(
    Miss,
    due_on=st.dates(date(2025, 1, 1), date(2026, 6, 29)),
    missed_at=st.sampled_from([NOON - HOUR, NOON - 364 * DAY, NOON - 365 * DAY, NOON - 500 * DAY]),
    is_rare=st.booleans(),
    is_followed_up=st.booleans(),
    counts_until=st.sampled_from([None, NOON, NOON + HOUR]),
)
records = st.builds(MissRecord, misses=st.lists(misses, max_size=4), performed=st.integers(0, 60))
issues = st.builds(IssueFacts, title=titles, severity=st.sampled_from(Severity))


def _facts() -> st.SearchStrategy[Facts]:
    return st.builds(
        Facts,
        implemented=st.just(True),
        expectations=st.lists(expectations, max_size=3),
        tests=st.lists(tests, max_size=3),
        issues=st.lists(issues, max_size=2),
        missed=records,
    )


failures: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"tests": [FAILED]}, {"expectations": [LAPSED]}, {"issues": [HIGH]}]
)


def _with(facts: Facts, **more: list[Any]) -> Facts:
    changed: dict[str, Any] = {name: [*getattr(facts, name), *added] for name, added in more.items()}
    return replace(facts, **changed)


def _counts(miss: Miss) -> bool:
    return not miss.is_followed_up or (miss.counts_until or miss.missed_at + 365 * DAY) > NOON


def _missing(facts: Facts, *more: Miss) -> Facts:
    return replace(facts, missed=replace(facts.missed, misses=[*facts.missed.misses, *more]))


def _rank(facts: Facts) -> int:
    return WORSE_TO_BETTER.index(assess(facts, as_of=NOON).state)


def _lapsed(expectation: ExpectationFacts) -> bool:
    """It had evidence, and none that stands counts; where all is superseded, the successor is on its way."""
    standing = [proof.state for proof in expectation.proofs if proof.state != ProofState.SUPERSEDED]
    return bool(standing) and not LIVE & set(standing)


def _one(*states: ProofState) -> ExpectationFacts:
    return ExpectationFacts("Access review", [ProofFacts("Proof", state, NOON) for state in states])


FRESH = _one(ProofState.ACCEPTED)
RARE = Miss(date(2026, 5, 31), NOON - HOUR, is_rare=True, is_followed_up=False)
FREQUENT = replace(RARE, is_rare=False)
SINCE = replace(FREQUENT, is_followed_up=True)
OLD = replace(RARE, is_followed_up=True, missed_at=NOON - 365 * DAY)


def _missed(*found: Miss, performed: int = 100) -> Facts:
    return Facts(True, [FRESH], missed=MissRecord(found, performed))


@pytest.mark.parametrize(
    ("facts", "state", "code"),
    [
        (Facts(False, [FRESH]), "unknown", "not_in_operation"),
        (Facts(True), "unknown", "no_evidence_expected"),
        (Facts(True, [_one()]), "unknown", "evidence_missing"),
        (Facts(True, [FRESH]), "healthy", "evidence_fresh"),
        (Facts(True, [replace(FRESH, overdue_since=NOON)]), "at_risk", "evidence_overdue"),
        (Facts(True, [replace(_one(), overdue_since=NOON)]), "failing", "evidence_overdue"),
        (Facts(True, [replace(_one(ProofState.EXPIRED), overdue_since=NOON)]), "failing", "evidence_expired"),
        (Facts(True, [replace(_one(ProofState.SUPERSEDED), overdue_since=NOON)]), "at_risk", "evidence_overdue"),
        (Facts(True, [_one(ProofState.EXPIRING)]), "at_risk", "evidence_expiring"),
        (Facts(True, [_one(ProofState.EXPIRED)]), "failing", "evidence_expired"),
        (Facts(True, [_one(ProofState.SUPERSEDED)]), "healthy", "evidence_fresh"),
        (Facts(True, [_one(ProofState.SUPERSEDED, ProofState.EXPIRED)]), "failing", "evidence_expired"),
        (Facts(True, [_one(ProofState.EXPIRED, ProofState.ACCEPTED)]), "healthy", "evidence_fresh"),
        (Facts(True, tests=[PASSED]), "healthy", "test_passed"),
        (Facts(True, tests=[replace(PASSED, kind=TestKind.DESIGN)]), "unknown", "nothing_shown"),
        (Facts(True, [FRESH], tests=[replace(FAILED, kind=TestKind.DESIGN)]), "failing", "design_failed"),
        (Facts(True, tests=[replace(PASSED, latest=Outcome.ERROR)]), "at_risk", "test_undecided"),
        (Facts(True, tests=[replace(FAILED, latest=Outcome.ERROR)]), "failing", "operation_failed"),
        (Facts(True, tests=[TestFacts("New", latest=Outcome.INCONCLUSIVE)]), "unknown", "nothing_shown"),
        (Facts(True, tests=[replace(PASSED, due_at=NOON)]), "at_risk", "test_overdue"),
        (Facts(True, tests=[replace(PASSED, due_at=NOON + HOUR)]), "healthy", "test_passed"),
        (_missed(RARE), "failing", "occurrence_missed"),
        (_missed(replace(RARE, is_followed_up=True)), "at_risk", "occurrence_missed_earlier"),
        (_missed(OLD), "healthy", "evidence_fresh"),
        (_missed(replace(OLD, counts_until=NOON + HOUR)), "at_risk", "occurrence_missed_earlier"),
        (_missed(replace(RARE, is_followed_up=True, counts_until=NOON)), "healthy", "evidence_fresh"),
        (_missed(replace(RARE, counts_until=NOON)), "failing", "occurrence_missed"),
        (_missed(replace(RARE, missed_at=NOON - 365 * DAY)), "failing", "occurrence_missed"),
        (_missed(FREQUENT), "at_risk", "occurrence_missed"),
        (_missed(FREQUENT, FREQUENT), "failing", "occurrences_missed_in_a_row"),
        (_missed(SINCE, SINCE, performed=18), "at_risk", "occurrence_missed_earlier"),
        (_missed(SINCE, SINCE, performed=17), "failing", "occurrences_missed_too_often"),
        (_missed(SINCE, performed=0), "at_risk", "occurrence_missed_earlier"),
        (Facts(True, [FRESH], issues=[HIGH]), "failing", "serious_issue_open"),
        (Facts(True, [FRESH], issues=[IssueFacts("Late", Severity.LOW)]), "at_risk", "issue_open"),
        (Facts(True, [LAPSED, _one()]), "failing", "evidence_expired"),
    ],
)
def test_each_rule(facts: Facts, state: str, code: str) -> None:
    found = assess(facts, as_of=NOON)
    assert (found.state, found.codes[0]) == (state, code)


def test_the_reasons_are_words() -> None:
    everything = Facts(True, [LAPSED], [FAILED], [HIGH])
    assert assess(everything, as_of=NOON).reasons == [
        "Evidence for 'New proof' expired on 2026-06-30 12:00 UTC.",
        "Test 'New test' has failed since 2026-06-30 12:00 UTC.",
        "The high issue 'New issue' is open.",
    ]


def test_a_thousand_reasons_are_told_by_number() -> None:
    many = Facts(True, tests=[replace(FAILED, title=f"Host {number:04}") for number in range(1000)])
    found = assess(many, as_of=NOON)
    assert (found.reasons[0], found.reasons[-1]) == (
        "Test 'Host 0000' has failed since 2026-06-30 12:00 UTC.",
        "There are 980 more reasons.",
    )
    assert (len(found.reasons), found.codes[-1]) == (21, ReasonCode.MORE)


@given(_facts())
def test_there_is_always_a_reason_and_a_code_for_each(facts: Facts) -> None:
    found = assess(facts, as_of=NOON)
    assert found.reasons
    assert all(reason.endswith(".") for reason in found.reasons)
    assert len(found.codes) == len(found.reasons)


@given(_facts(), st.randoms())
def test_the_order_of_the_facts_does_not_matter(facts: Facts, dice: Random) -> None:
    parts = ("expectations", "tests", "issues")
    mixed: dict[str, Any] = {name: dice.sample(list(getattr(facts, name)), len(getattr(facts, name))) for name in parts}
    shuffled = replace(facts, **mixed)
    assert assess(shuffled, as_of=NOON) == assess(facts, as_of=NOON)


@given(_facts())
def test_failing_means_that_something_shows_it(facts: Facts) -> None:
    shown = (
        any(_lapsed(each) for each in facts.expectations)
        or any(each.overdue_since and not each.proofs for each in facts.expectations)
        or any(each.concluded == Outcome.FAIL for each in facts.tests)
        or any(each.severity in {Severity.CRITICAL, Severity.HIGH} for each in facts.issues)
        or bool(failures_by_misses(facts.missed, tolerated_percent=facts.tolerated_percent, as_of=NOON))
    )
    assert (assess(facts, as_of=NOON).state == HealthState.FAILING) == shown


@given(_facts())
def test_healthy_means_proven_and_nothing_against_it(facts: Facts) -> None:
    if assess(facts, as_of=NOON).state != HealthState.HEALTHY:
        return
    assert facts.expectations or any(each.concluded for each in facts.tests if each.kind == TestKind.OPERATING)
    assert all(each.proofs and not _lapsed(each) and not each.overdue_since for each in facts.expectations)
    assert all(each.concluded != Outcome.FAIL for each in facts.tests)
    assert not facts.issues
    assert not any(_counts(miss) for miss in facts.missed.misses)


@given(_facts(), failures)
def test_a_failure_never_leaves_it_healthy(facts: Facts, failure: dict[str, Any]) -> None:
    assert assess(_with(facts, **failure), as_of=NOON).state != HealthState.HEALTHY


@given(_facts(), failures)
def test_one_more_failure_never_makes_it_better(facts: Facts, failure: dict[str, Any]) -> None:
    assert _rank(_with(facts, **failure)) <= _rank(facts)


@given(_facts(), misses)
def test_a_missed_occurrence_never_leaves_it_healthy(facts: Facts, miss: Miss) -> None:
    if _counts(miss):
        assert assess(_missing(facts, miss), as_of=NOON).state != HealthState.HEALTHY


@given(_facts(), st.lists(misses, max_size=4))
def test_more_misses_never_make_it_better(facts: Facts, more: list[Miss]) -> None:
    assert _rank(_missing(facts, *more)) <= _rank(facts)


@given(_facts())
def test_following_misses_up_never_makes_it_worse(facts: Facts) -> None:
    followed = [replace(miss, is_followed_up=True) for miss in facts.missed.misses]
    assert _rank(replace(facts, missed=replace(facts.missed, misses=followed))) >= _rank(facts)


@given(_facts())
def test_evidence_that_lapses_never_makes_it_better(facts: Facts) -> None:
    lapsed = [
        replace(each, proofs=[replace(proof, state=ProofState.EXPIRED) for proof in each.proofs])
        for each in facts.expectations
    ]
    assert _rank(replace(facts, expectations=lapsed)) <= _rank(facts)


@given(_facts())
def test_overdue_evidence_never_makes_it_better(facts: Facts) -> None:
    overdue = [replace(each, overdue_since=NOON) for each in facts.expectations]
    assert _rank(replace(facts, expectations=overdue)) <= _rank(facts)


def test_where_nothing_is_expected_the_codes_say_what_is_missing() -> None:
    codes = [assess(Facts(True, recurs=recurs), as_of=NOON).codes for recurs in (True, False)]
    assert codes == [
        ["no_evidence_expected", "no_test"],
        ["no_evidence_expected", "no_test", "no_occurrence_expected"],
    ]


@given(_facts(), st.sampled_from([Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE]))
def test_what_concludes_nothing_neither_clears_nor_proves(facts: Facts, outcome: Outcome) -> None:
    after = replace(facts, tests=[replace(each, latest=outcome) for each in facts.tests])
    concluded = replace(facts, tests=[replace(each, latest=each.concluded) for each in facts.tests])
    assert _rank(after) <= _rank(concluded)
    assert _rank(_with(facts, tests=[TestFacts("New test", latest=outcome)])) <= _rank(facts)


@given(_facts())
def test_fresh_evidence_never_makes_it_worse(facts: Facts) -> None:
    renewed = [
        replace(each, proofs=[*each.proofs, ProofFacts("New", ProofState.ACCEPTED, None)])
        for each in facts.expectations
    ]
    assert _rank(replace(facts, expectations=renewed)) >= _rank(facts)


@given(_facts(), st.timedeltas(min_value=timedelta(0), max_value=3 * HOUR))
def test_by_the_clock_it_changes_only_when_it_is_said_to(facts: Facts, later: timedelta) -> None:
    change = next_change(facts, as_of=NOON)
    if change is None or NOON + later < change:
        assert assess(facts, as_of=NOON + later) == assess(facts, as_of=NOON)
    assert change is None or change > NOON


def test_it_fails_from_when_the_first_of_its_reasons_applies() -> None:
    long_ago = replace(FAILED, since=NOON - 90 * DAY)
    failing = assess(Facts(True, [LAPSED], [long_ago], [HIGH]), as_of=NOON)
    assert failing.failing_since == NOON - 90 * DAY
    assert assess(Facts(True, [FRESH], issues=[HIGH]), as_of=NOON).failing_since is None
    assert assess(Facts(True, [FRESH]), as_of=NOON).failing_since is None
    assert assess(_missed(RARE), as_of=NOON).failing_since == RARE.missed_at
