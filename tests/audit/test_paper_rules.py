"""What a paper needs before it is signed, and what the test of an item has to say: rules in process."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.papers.item_tests.models import AttributeResult
from services.audit.papers.item_tests.rules import decision_of, faults_of_item_test
from services.audit.papers.item_tests.schemas import AttributeTest, ItemTestDraft
from services.audit.papers.paper_signatures.rules import (
    PaperSeen,
    SampledItem,
    SampleSeen,
    faults_of_paper,
    faults_of_reliance,
)
from services.audit.papers.papers.models import ExtentKind, OperationResult
from services.audit.papers.papers.rules import Judged, faults_of_procedures, faults_of_result, judged_by
from services.audit.papers.papers.schemas import EvidenceReference, PaperProcedure, ResultDraft, TestExtent
from services.audit.sampling.sample_items.rules import faults_of_decision
from services.audit.sampling.samples.models import ItemStatus, SampleStatus
from services.audit.wording.contents import HowTested
from tests.audit.given import NOW

_ID = uuid.UUID(int=7)
_REASONED = {"kind": "observation", "reason": "Only its performance shows how it works."}
GOOD = ResultDraft(operation=OperationResult.OPERATED_EFFECTIVELY, suitably_designed=True)
NOTED = ResultDraft(operation=OperationResult.OPERATED_WITH_DEVIATIONS, suitably_designed=True, reason="Isolated")


def procedures(*kinds: HowTested) -> list[PaperProcedure]:
    return [PaperProcedure(kind=kind, text="Done.") for kind in kinds]


def reference(**changes: Any) -> EvidenceReference:
    said = {"label": "E1", "evidence_item_id": _ID, "collected_at": NOW - timedelta(days=2), **changes}
    return EvidenceReference.model_validate(said)


def item(status: ItemStatus, *, is_tested: bool = True) -> SampledItem:
    return SampledItem(uuid.uuid4(), status, is_tested)


WHOLE = PaperSeen(
    judged=Judged.OPERATION,
    procedures=procedures(HowTested.INSPECTION, HowTested.INQUIRY),
    extent=TestExtent.model_validate(_REASONED),
    executed_at=NOW - timedelta(days=1),
    evidence=[reference()],
    result=GOOD,
)


def pointers(paper: PaperSeen) -> list[str]:
    return [fault.pointer for fault in faults_of_paper(paper, NOW)]


def test_a_whole_paper_lacks_nothing() -> None:
    assert pointers(WHOLE) == []


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"procedures": []}, "/procedures"),
        ({"procedures": procedures(HowTested.INQUIRY, HowTested.INQUIRY)}, "/procedures"),
        ({"executed_at": None}, "/executed_at"),
        ({"executed_at": NOW + timedelta(seconds=1)}, "/executed_at"),
        ({"executed_at": NOW - timedelta(days=3)}, "/evidence/0/collected_at"),
        ({"evidence": []}, "/evidence"),
        ({"extent": None}, "/extent"),
        ({"result": None}, "/result"),
        ({"deviations": [[]]}, "/result/operation"),
        ({"result": NOTED}, "/result/operation"),
        ({"rests_on_unreliable": True}, "/result"),
        ({"extent": TestExtent(kind=ExtentKind.NO_OCCURRENCE, reason="No incident.")}, "/result/operation"),
    ],
)
def test_what_a_paper_lacks_is_said(changes: dict[str, Any], lacking: str) -> None:
    assert pointers(replace(WHOLE, **changes)) == [lacking]


def test_no_occurrence_is_extent_and_result() -> None:
    none = ResultDraft(operation=OperationResult.NO_OCCURRENCE, suitably_designed=True, reason="No incident.")
    assert pointers(replace(WHOLE, result=none)) == ["/result/operation"]
    extent = TestExtent(kind=ExtentKind.NO_OCCURRENCE, reason="No incident: the register was read.")
    assert pointers(replace(WHOLE, result=none, extent=extent)) == []


def test_what_was_not_tested_needs_its_reason_only() -> None:
    result = ResultDraft(operation=OperationResult.NOT_TESTED, suitably_designed=True, reason="Out of use.")
    assert pointers(PaperSeen(Judged.OPERATION, [], None, None, [], result)) == []
    assert [*faults_of_result(result.model_copy(update={"reason": None}), Judged.OPERATION)]


def test_an_automated_control_rests_on_what_is_effective() -> None:
    assert [*faults_of_reliance(replace(WHOLE, relied_on=[True, True]))] == []
    assert [fault.pointer for fault in faults_of_reliance(replace(WHOLE, relied_on=[True, False]))]


@given(statuses=st.lists(st.sampled_from(ItemStatus), min_size=1, max_size=8), data=st.data())
def test_the_numbers_of_a_paper_agree_with_its_sample(statuses: list[ItemStatus], data: st.DataObject) -> None:
    """A paper is whole exactly when each item that deviates is named by one deviation, and no other is."""
    items = [item(status) for status in statuses]
    deviating = {each.id for each in items if each.status in {ItemStatus.DEVIATION, ItemStatus.UNAVAILABLE}}
    named = data.draw(st.lists(st.sampled_from([each.id for each in items]), max_size=8))
    deviations = [[key] for key in named]
    seen = replace(
        WHOLE,
        extent=TestExtent(kind=ExtentKind.SAMPLE, sample_id=_ID),
        sample=SampleSeen(SampleStatus.EVALUATED, is_superseded=False, items=items),
        deviations=deviations,
        result=NOTED if deviations else GOOD,
    )
    agree = set(named) == deviating and len(set(named)) == len(named)
    assert ("/deviations" not in pointers(seen)) == agree


def test_a_sample_is_tested_whole_and_evaluated() -> None:
    items = [item(ItemStatus.PASSED), item(ItemStatus.PASSED, is_tested=False), item(ItemStatus.NOT_APPLICABLE)]
    extent = TestExtent(kind=ExtentKind.SAMPLE, sample_id=_ID)
    sample = SampleSeen(SampleStatus.TESTING, is_superseded=True, items=items)
    assert pointers(replace(WHOLE, extent=extent, sample=sample)) == [
        "/extent/sample_id",
        "/extent/sample_id",
        "/items",
    ]


@given(kinds=st.lists(st.sampled_from(HowTested), max_size=5))
def test_inquiry_alone_is_refused(kinds: list[HowTested]) -> None:
    sufficient = any(kind != HowTested.INQUIRY for kind in kinds)
    assert (not [*faults_of_procedures(procedures(*kinds))]) == sufficient


@given(
    kind=st.sampled_from(EngagementKind),
    operation=st.none() | st.sampled_from(OperationResult),
    designed=st.none() | st.booleans(),
    implemented=st.none() | st.booleans(),
    conforms=st.none() | st.booleans(),
)
def test_a_result_says_what_the_engagement_judges_and_nothing_else(
    kind: EngagementKind,
    operation: OperationResult | None,
    designed: bool | None,
    implemented: bool | None,
    conforms: bool | None,
) -> None:
    draft = ResultDraft(
        operation=operation, suitably_designed=designed, implemented=implemented, conforms=conforms, reason="So."
    )
    said = {name for name, value in draft.model_dump(exclude={"reason"}).items() if value is not None}
    wanted = {
        Judged.OPERATION: {"operation", "suitably_designed"},
        Judged.IMPLEMENTATION: {"suitably_designed", "implemented"},
        Judged.CONFORMITY: {"conforms"},
    }[judged_by(kind)]
    assert (not [*faults_of_result(draft, judged_by(kind))]) == (said == wanted)


_RESULTS = st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(AttributeResult)), max_size=4)


@given(results=_RESULTS, outcome=st.sampled_from(["passed", "deviation", "not_applicable", "unavailable"]))
def test_an_item_test_without_faults_makes_a_decision_without_faults(
    results: list[tuple[str, AttributeResult]], outcome: str
) -> None:
    draft = ItemTestDraft.model_validate(
        {
            "outcome": outcome,
            "reason": None if outcome == "passed" else "Late",
            "alternatives": "Asked." if outcome == "unavailable" else None,
            "attributes": [AttributeTest(code=code, result=result, tick_marks=[]) for code, result in results],
        }
    )
    codes = ["A", "B"]
    if not [*faults_of_item_test(draft, codes=codes, labels=(), marks=())]:
        assert not [*faults_of_decision(decision_of(draft), codes)]
        tested = outcome in {"passed", "deviation"}
        assert sorted(code for code, _ in results) == (codes if tested else [])


def test_what_an_item_test_names_is_on_the_paper() -> None:
    test = {"outcome": "passed", "attributes": [{"code": "A", "result": "meets", "tick_marks": ["✓"]}]}
    draft = ItemTestDraft.model_validate(test | {"evidence": ["E2"]})
    faults = [*faults_of_item_test(draft, codes=["A"], labels=["E1"], marks=["x"])]
    assert [fault.pointer for fault in faults] == ["/evidence", "/tick_marks"]


@pytest.mark.parametrize(
    "wrong", [{"region": {"x": 0, "y": 0, "width": 1, "height": 1}}, {"page": 1, "pointer": "/a"}, {"pointer": "a"}]
)
def test_a_reference_leads_to_one_place(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"region|page|pattern"):
        reference(**wrong)
