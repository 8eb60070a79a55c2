"""What is said of a period, whatever is known of the controls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.days import Days, common, merged, without
from services.controls.programmes.period_facts.rules import Evidence, Failing, Missed, WaivedDays
from services.controls.programmes.period_gaps.rules import DefinitionPart, JudgedControl, PeriodFacts, judge
from services.controls.programmes.period_readiness.rules import PeriodAnswer, Waivers, answer_to, state_of
from services.controls.programmes.period_readiness.schemas import PeriodState
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.rules import rhythm_of
from shared.events.catalogue.controls import ReasonCode

BEGIN, REF = date(2026, 1, 1), "CC6.1"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_OF_LENGTH = {ReasonCode.NO_OCCURRENCE_IN_PERIOD, ReasonCode.TOO_FEW_OCCURRENCES}
_WORSE = [PeriodState.OPERATED, PeriodState.NOT_YET_DUE, PeriodState.GAPS]


def day(number: int) -> date:
    return BEGIN + timedelta(days=number)


def days(first: int, end: int) -> Days:
    return Days(day(first), day(end))


PERIODS = st.tuples(st.integers(0, 150), st.integers(1, 150)).map(lambda ends: days(ends[0], sum(ends)))
SPANS = st.tuples(st.integers(-40, 300), st.integers(1, 60)).map(lambda ends: days(ends[0], sum(ends)))
TODAYS = st.integers(0, 330).map(day)
EVIDENCE = st.builds(
    lambda asked, covered, freshness, overdue: Evidence(
        "Access review",
        Days(min([asked, *(span.start for span in covered)]), date(2300, 1, 1)),
        merged(covered),
        max((span.end for span in covered), default=None),
        freshness,
        overdue,
    ),
    st.integers(-40, 200).map(day),
    st.lists(SPANS, max_size=4),
    st.integers(0, 200),
    st.booleans(),
)
FAILING = st.builds(
    Failing,
    st.sampled_from([ReasonCode.OPERATION_FAILED, ReasonCode.SERIOUS_ISSUE_OPEN]),
    st.just("It failed."),
    SPANS,
)


@st.composite
def controls(draw: st.DrawFn) -> PeriodFacts:
    """A control with up to three definitions, in operation from some day on, perhaps until another."""
    begins = draw(st.integers(-50, 200))
    cuts = [begins, *sorted(draw(st.sets(st.integers(begins + 1, begins + 200), max_size=2)))]
    retired = draw(st.none() | st.integers(cuts[-1] + 1, cuts[-1] + 200))
    parts = []
    for number, start in enumerate(cuts, 1):
        frequency = draw(st.sampled_from(ControlFrequency))
        end = cuts[number] if number < len(cuts) else retired if retired is not None else 5000
        refs = frozenset({REF}) if number == 1 or draw(st.booleans()) else frozenset[str]()
        parts.append(DefinitionPart(number, days(start, end), NOW, refs, frequency, rhythm_of(frequency, None)))
    return PeriodFacts(
        id=UUID(int=draw(st.integers(1, 4))),
        code="AC-01",
        title="Access",
        in_operation=True,
        approved_on=day(begins - draw(st.integers(0, 30))),
        retired_on=None if retired is None else day(retired),
        parts=parts,
        is_tested=draw(st.booleans()),
        operation_concluded=draw(st.booleans()),
        missed=[Missed(day(n)) for n in sorted(draw(st.sets(st.integers(0, 300), max_size=4)))],
        failing=draw(st.lists(FAILING, max_size=3)),
        evidence=draw(st.lists(EVIDENCE, max_size=2)),
    )


CONTROLS = st.lists(controls(), max_size=3, unique_by=lambda facts: facts.id)


def answered(facts: Sequence[PeriodFacts], period: Days, today: date, *waived: tuple[UUID, WaivedDays]) -> PeriodAnswer:
    """What the controls come to for the criterion over a period."""
    judged = [found for each in facts if (found := judge(each, period, today=today))]
    waivers = Waivers({control: [days] for control, days in waived}, {each.facts.id: each for each in judged})
    answer = answer_to(REF, period, today=today, limit=1000)
    for each in judged:
        if REF in each.requirements:
            answer.whole.take(each, REF, waivers)
    return answer


def gap_days(answer: PeriodAnswer) -> list[Days]:
    """The days of all gaps but those that speak of the length of the period."""
    return merged(found.gap.days for found in answer.counted.first_gaps if found.gap.code not in _OF_LENGTH)


def state(answer: PeriodAnswer, today: date) -> int:
    return _WORSE.index(state_of(answer.counted, answer.period, today=today))


@given(CONTROLS, PERIODS, TODAYS, st.integers(0, 60), st.integers(0, 60))
def test_adding_days_never_improves_the_answer(
    facts: list[PeriodFacts], period: Days, today: date, before: int, after: int
) -> None:
    longer = Days(period.start - timedelta(days=before), period.end + timedelta(days=after))
    short, long = answered(facts, period, today), answered(facts, longer, today)
    assert without(gap_days(short), gap_days(long)) == []
    if _OF_LENGTH.isdisjoint(found.gap.code for found in short.counted.first_gaps):
        assert without(short.counted.unanswered, long.counted.unanswered) == []
        assert state(short, today) <= state(long, today)


@given(CONTROLS, PERIODS, TODAYS, st.integers(0, 100))
def test_time_that_passes_without_a_record_closes_no_gap(
    facts: list[PeriodFacts], period: Days, today: date, passed: int
) -> None:
    later = answered(facts, period, today + timedelta(days=passed))
    assert without(gap_days(answered(facts, period, today)), gap_days(later)) == []


@given(CONTROLS, PERIODS, TODAYS)
def test_gaps_are_listed_with_their_days(facts: list[PeriodFacts], period: Days, today: date) -> None:
    tally = answered(facts, period, today).counted
    assert tally.gaps == len(tally.first_gaps)
    for found in tally.first_gaps:
        assert found.gap.days
        assert found.gap.days == found.gap.days.within(period)
        assert found.gap.words.endswith(".")
    if not tally.gaps:
        assert tally.unanswered == []


@given(CONTROLS, PERIODS, TODAYS, SPANS)
def test_a_waiver_changes_nothing(facts: list[PeriodFacts], period: Days, today: date, waived: Days) -> None:
    """Nor does a compensating control take a gap out of the list."""
    without_one = answered(facts, period, today)
    waivers = [(each.id, WaivedDays(waived)) for each in facts]
    with_one = answered(facts, period, today, *waivers)
    assert state(with_one, today) == state(without_one, today)
    assert with_one.counted.unanswered == without_one.counted.unanswered
    compensated = answered(facts, period, today, *((each.id, WaivedDays(waived, facts[0].id)) for each in facts))
    gaps = [found.gap for found in without_one.counted.first_gaps]
    assert [found.gap for found in with_one.counted.first_gaps] == gaps
    assert [found.gap for found in compensated.counted.first_gaps] == gaps


@given(controls(), controls(), PERIODS, TODAYS, SPANS)
def test_a_control_compensates_only_where_it_has_no_gap_itself(
    waived: PeriodFacts, other: PeriodFacts, period: Days, today: date, term: Days
) -> None:
    other = replace(other, id=UUID(int=9))
    answer = answered([waived, other], period, today, (waived.id, WaivedDays(term, other.id)))
    own = answered([other], period, today)
    known = Days(period.start, today + timedelta(days=1))
    for found in answer.counted.first_gaps:
        for compensating, on in found.compensated:
            assert compensating.is_tested
            assert on == on.within(found.gap.days).within(term).within(known)
            assert common([on], gap_days(own)) == []


@given(controls(), PERIODS, TODAYS, st.data())
def test_withdrawing_evidence_never_improves_the_answer(
    facts: PeriodFacts, period: Days, today: date, data: st.DataObject
) -> None:
    """What a correction takes away covers nothing any longer; that something was accepted stays a fact."""
    fewer = [
        replace(expected, covered=data.draw(st.lists(st.sampled_from(expected.covered))) if expected.covered else [])
        for expected in facts.evidence
    ]
    before, after = answered([facts], period, today), answered([replace(facts, evidence=fewer)], period, today)
    assert without(gap_days(before), gap_days(after)) == []
    assert state(before, today) <= state(after, today)
    withdrawn = [replace(expected, asked=Days(expected.asked.start, today)) for expected in facts.evidence]
    still = answered([replace(facts, evidence=withdrawn)], period, today)
    assert [found.gap for found in still.counted.first_gaps] == [found.gap for found in before.counted.first_gaps]


@given(controls(), controls(), PERIODS, TODAYS)
def test_a_part_of_an_answer_counts_only_where_none_answers_all(
    partly: PeriodFacts, whole: PeriodFacts, period: Days, today: date
) -> None:
    answer, alone = answered([whole], period, today), answered([whole], period, today)
    judged = judge(partly, period, today=today)
    if judged:
        answer.part.take(judged, REF, Waivers({}, {}), partly=True)
    if alone.whole.controls:
        assert answer.counted == alone.counted
        return
    codes = [found.gap.code for found in answer.counted.first_gaps]
    assert codes[0] == (ReasonCode.ANSWERED_IN_PART if judged else ReasonCode.NO_CONTROL)
    assert (answer.counted.first_gaps[0].gap.days, answer.counted.gaps) == (period, len(codes))
    assert ReasonCode.NOT_MAPPED not in codes
    assert state(answer, today) == _WORSE.index(PeriodState.GAPS)


@pytest.mark.parametrize(
    ("shown_until", "freshness", "overdue", "today", "due_until"),
    [
        (10, 30, False, 39, 10),  # what was shown has not run out
        (10, 30, False, 40, 40),
        (10, 30, True, 11, 11),  # its collection is overdue
        (None, 30, False, 29, 0),
        (None, 30, False, 30, 30),
        (90, 30, False, 40, 40),  # later days have been shown already
    ],
)
def test_when_days_without_evidence_are_due(
    shown_until: int | None, freshness: int, overdue: bool, today: int, due_until: int
) -> None:
    shown = None if shown_until is None else day(shown_until)
    expected = Evidence("Access review", days(0, 9999), [], shown, freshness, overdue)
    assert expected.uncovered(day(today)) == [span for span in [days(0, due_until)] if span]
    assert expected.pending(day(today)) == [span for span in [days(due_until, today)] if span]


@given(st.lists(SPANS), st.lists(SPANS))
def test_days_are_reckoned_as_sets(some: list[Days], others: list[Days]) -> None:
    def each(spans: Sequence[Days]) -> set[date]:
        return {span.start + timedelta(days=n) for span in spans for n in range((span.end - span.start).days)}

    for found, wanted in (
        (merged(some), each(some)),
        (common(some, others), each(some) & each(others)),
        (without(some, others), each(some) - each(others)),
    ):
        assert each(found) == wanted
        assert all(one.end < other.start for one, other in pairwise(found))


def test_a_control_outside_the_period_is_none_of_it() -> None:
    part = DefinitionPart(1, days(10, 20), NOW, frozenset({REF}), "ad_hoc", None)
    facts = PeriodFacts(UUID(int=1), "AC-01", "Access", True, day(10), day(20), [part])
    found: list[JudgedControl | None] = [judge(facts, period, today=day(99)) for period in (days(0, 10), days(20, 30))]
    assert found == [None, None]
