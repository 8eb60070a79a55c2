"""Readiness and gaps, whatever the controls."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.programmes.gaps.rules import Gap, Work, ordered
from services.controls.programmes.programmes.models import ReportType
from services.controls.programmes.readiness.rules import (
    Answer,
    Compensation,
    ControlFacts,
    WaivedControl,
    aspects_of,
    has,
    lacks,
    overall,
)
from services.controls.programmes.readiness.schemas import LACKS, Aspect, ReadinessExtent, State
from services.controls.register.controls.models import ControlStatus
from shared.events.catalogue.controls import ReasonCode
from shared.events.catalogue.testing import Outcome

_TYPE_1, _TYPE_2 = aspects_of(ReportType.SOC2_TYPE1), aspects_of(ReportType.SOC2_TYPE2)
_CONCLUDED = st.sampled_from([None, Outcome.PASS, Outcome.FAIL])
_FACTS = st.builds(
    ControlFacts,
    status=st.sampled_from([ControlStatus.DRAFT, ControlStatus.APPROVED, ControlStatus.IMPLEMENTED]),
    design=_CONCLUDED,
    operation=_CONCLUDED,
    serious_issue=st.booleans(),
    missed=st.booleans(),
    expected=st.booleans(),
).flatmap(lambda facts: st.sampled_from([False, facts.expected]).map(lambda each: replace(facts, unproven=each)))
_ASKED = st.sampled_from([_TYPE_1, _TYPE_2])
_WORKING = ControlFacts(ControlStatus.IMPLEMENTED, Outcome.PASS, Outcome.PASS, expected=True)


def _answer(controls: list[ControlFacts], asked: tuple[Aspect, ...] = _TYPE_2) -> Answer:
    answer = Answer(asked)
    for place, each in enumerate(controls):
        answer.take(each, 1, [f"C-{place}"])
    return answer


@pytest.mark.parametrize("report_type", list(ReportType))
def test_only_type_1_leaves_operation_out(report_type: ReportType) -> None:
    assert (Aspect.OPERATING in aspects_of(report_type)) == (not report_type.endswith("_type1"))
    assert {Aspect.DESIGNED, Aspect.IMPLEMENTED} <= set(aspects_of(report_type))


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        ({"status": ControlStatus.DRAFT}, ReasonCode.NOT_APPROVED),
        ({"status": ControlStatus.APPROVED}, ReasonCode.NOT_IN_OPERATION),
        ({"design": Outcome.FAIL}, ReasonCode.DESIGN_FAILED),
        ({"design": None}, ReasonCode.DESIGN_NOT_TESTED),
        ({"operation": Outcome.FAIL}, ReasonCode.OPERATION_FAILED),
        ({"operation": None}, ReasonCode.OPERATION_NOT_TESTED),
        ({"serious_issue": True}, ReasonCode.SERIOUS_ISSUE_OPEN),
        ({"missed": True}, ReasonCode.OCCURRENCE_MISSED),
        ({"unproven": True}, ReasonCode.EVIDENCE_NOT_FRESH),
    ],
)
def test_one_thing_missing_is_one_lack(change: dict[str, object], lack: ReasonCode) -> None:
    control = replace(_WORKING, **change)  # type: ignore[arg-type]
    assert lack in lacks(control, _TYPE_2)
    assert _answer([control]).state != State.READY
    assert _answer([_WORKING]).state == State.READY


@given(facts=_FACTS, asked=_ASKED)
def test_a_control_lacks_nothing_just_when_it_has_all_that_is_asked(
    facts: ControlFacts, asked: tuple[Aspect, ...]
) -> None:
    assert (not lacks(facts, asked)) == (set(asked) <= has(facts))


@given(facts=_FACTS)
def test_what_is_asked_for_one_date_is_asked_for_a_period_too(facts: ControlFacts) -> None:
    assert set(lacks(facts, _TYPE_1)) <= set(lacks(facts, _TYPE_2))


@given(controls=st.lists(_FACTS, max_size=6), asked=_ASKED)
def test_ready_is_every_counted_control_without_a_lack(controls: list[ControlFacts], asked: tuple[Aspect, ...]) -> None:
    answer = _answer(controls, asked)
    counted = [each for each in controls if each.status != ControlStatus.DRAFT]
    assert (answer.state == State.READY) == (bool(counted) and not any(lacks(each, asked) for each in counted))
    assert (answer.state == State.READY) == (not answer.lacks)
    assert answer.reasons


@given(controls=st.lists(_FACTS, max_size=6), asked=_ASKED)
def test_drafts_and_the_order_of_controls_change_nothing(
    controls: list[ControlFacts], asked: tuple[Aspect, ...]
) -> None:
    counted = [each for each in controls if each.status != ControlStatus.DRAFT]
    answer = _answer(controls, asked)
    assert answer.state == _answer(counted, asked).state == _answer(controls[::-1], asked).state


@given(controls=st.lists(_FACTS, min_size=1, max_size=6))
def test_an_aspect_that_is_partly_there_is_neither_all_nor_nothing(controls: list[ControlFacts]) -> None:
    answer = _answer(controls)
    counted = [each for each in controls if each.status != ControlStatus.DRAFT]
    for aspect in Aspect:
        having = [aspect in has(each) for each in counted]
        expected = (
            ReadinessExtent.NO if not any(having) else ReadinessExtent.YES if all(having) else ReadinessExtent.PARTLY
        )
        assert answer.extent(aspect) == expected


def _in_part(controls: list[ControlFacts], answer: Answer) -> Answer:
    for place, each in enumerate(controls):
        answer.take(each, 1, [f"P-{place}"], partly=True)
    return answer


@given(controls=st.lists(_FACTS, max_size=6), asked=_ASKED)
def test_no_number_of_parts_makes_a_whole(controls: list[ControlFacts], asked: tuple[Aspect, ...]) -> None:
    answer = _in_part(controls, Answer(asked))
    counted = [each for each in controls if each.status != ControlStatus.DRAFT]
    assert answer.state != State.READY
    assert (ReasonCode.ANSWERED_IN_PART in answer.lacks) == bool(counted)
    for aspect in Aspect:
        some = any(aspect in has(each) for each in counted)
        assert answer.extent(aspect) == (ReadinessExtent.PARTLY if some else ReadinessExtent.NO)


@given(whole=st.lists(_FACTS, max_size=4), parts=st.lists(_FACTS, max_size=4), asked=_ASKED)
def test_what_answers_a_part_never_takes_away(
    whole: list[ControlFacts], parts: list[ControlFacts], asked: tuple[Aspect, ...]
) -> None:
    alone, together = _answer(whole, asked), _in_part(parts, _answer(whole, asked))
    order = [State.NOT_READY, State.PARTLY, State.READY]
    assert order.index(together.state) >= order.index(alone.state)
    assert (together.state == State.READY) == (alone.state == State.READY) == (not together.lacks)
    if alone.whole.counted.count:
        assert together.lacks == alone.lacks


_ORDER = [State.NOT_READY, State.PARTLY, State.READY]


def _waived(control: ControlFacts, stands_in: ControlFacts | None) -> WaivedControl:
    other = None if stands_in is None else Compensation("C-1", frozenset({"CC6.1"}), stands_in)
    return WaivedControl("C-0", datetime(2026, 9, 30, tzinfo=UTC), frozenset({"CC6.1", "CC6.2"}), control, other)


@given(first=_FACTS, second=_FACTS, others=st.lists(_FACTS, max_size=3), asked=_ASKED)
def test_a_waiver_counts_at_the_requirement_only_through_a_control_that_lacks_nothing(
    first: ControlFacts, second: ControlFacts, others: list[ControlFacts], asked: tuple[Aspect, ...]
) -> None:
    plain, noted = (_answer([first, second, *others], asked) for _ in range(2))
    waived = _waived(first, second)
    stands_in = waived.stand_in("CC6.1", asked)
    noted.note_waiver(waived, stands_in=stands_in)
    if stands_in is None:
        assert (noted.state, noted.lacks, noted.reasons) == (plain.state, plain.lacks, plain.reasons)
    else:
        assert not lacks(second, asked)
        assert noted.state == _answer([second, *others], asked).state
        assert _ORDER.index(noted.state) >= _ORDER.index(plain.state)
    assert noted.waived == ["C-0"]


@given(control=_FACTS, stands_in=_FACTS, asked=_ASKED)
def test_nothing_stands_in_at_a_requirement_that_it_does_not_answer(
    control: ControlFacts, stands_in: ControlFacts, asked: tuple[Aspect, ...]
) -> None:
    assert _waived(control, stands_in).stand_in("CC6.2", asked) is None
    assert _waived(control, None).stand_in("CC6.1", asked) is None


@given(states=st.lists(st.sampled_from(State), max_size=8))
def test_what_is_not_relevant_keeps_no_programme_from_being_ready(states: list[State]) -> None:
    assert overall(states, lacking=False) == overall([*states, State.NOT_RELEVANT], lacking=False)
    ready = {State.PARTLY, State.NOT_READY} & set(states) == set()
    assert (overall(states, lacking=False) == State.READY) == ready


@given(states=st.lists(st.sampled_from(State), max_size=8))
def test_a_programme_that_lacks_something_itself_is_never_ready(states: list[State]) -> None:
    without, lacking = overall(states, lacking=False), overall(states, lacking=True)
    assert lacking == (State.PARTLY if without == State.READY else without)


def test_reasons_name_the_first_five_controls() -> None:
    answer = _answer([replace(_WORKING, operation=None)] * 8)
    assert answer.reasons == ["No test of the operation has been concluded: C-0, C-1, C-2, C-3, C-4 and 3 more."]
    assert _answer([]).reasons == ["No control answers it."]
    assert _answer([_WORKING]).reasons == ["Designed, implemented, operating and evidenced: C-0."]


_WORKS = st.lists(
    st.builds(
        Work,
        lack=st.sampled_from(LACKS),
        codes=st.lists(st.integers(100, 999).map(str), min_size=1, max_size=3, unique=True).map(sorted),
        concerns=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True).map(tuple),
    ),
    max_size=8,
    unique_by=lambda work: work.lack,
)


@given(works=_WORKS)
def test_closing_a_gap_makes_ready_what_it_says(works: list[Work]) -> None:
    pairs = {(ref, work.lack, code) for work in works for code in work.codes for ref in work.concerns}
    total, gaps = ordered(works, 1000)
    assert total == len(gaps) == len({(lack, code) for _, lack, code in pairs})
    for gap in gaps:
        left = {ref for ref, lack, code in pairs if (lack, code) != (gap.lack, gap.code)}
        assert set(gap.closes) == {ref for ref, _, _ in pairs} - left
        assert set(gap.concerns) == {ref for ref, lack, code in pairs if (lack, code) == (gap.lack, gap.code)}


@given(works=_WORKS, limit=st.integers(1, 5))
def test_no_gap_comes_before_one_that_closes_more(works: list[Work], limit: int) -> None:
    total, gaps = ordered(works, 1000)
    places = LACKS
    keys = [(-len(gap.closes), -len(gap.concerns), places.index(gap.lack), gap.code) for gap in gaps]
    assert keys == sorted(keys)
    assert ordered(works[::-1], limit) == (total, gaps[:limit])


@pytest.mark.parametrize("lack", LACKS)
def test_a_gap_says_what_to_do(lack: ReasonCode) -> None:
    what = Gap(lack, "AC-01", "Access review", ("CC6.1",), (), ()).what
    assert "AC-01" in what
    assert what.endswith(".")
