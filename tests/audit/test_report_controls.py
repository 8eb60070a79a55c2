"""What a report says of a control: its definitions in force, and the tests of reviewed papers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.audit.description.description_contents.schemas import PinnedControl
from services.audit.engagements.engagements.rules import Span
from services.audit.engagements.known_definitions.models import KnownDefinition
from services.audit.papers.deviations.models import Deviation
from services.audit.papers.papers.models import Paper
from services.audit.reporting.report_controls.rules import Tested, in_force, reported_controls

_CONTROL, _ORG = UUID(int=1), UUID(int=2)
_SPAN = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
_PINNED = PinnedControl(id=_CONTROL, version=3, code="AC-01", title="Access review")


def _definition(number: int, begins: tuple[int, int], *requirements: str) -> KnownDefinition:
    begun = datetime(*begins, 1, tzinfo=UTC)
    return KnownDefinition(
        org_id=_ORG,
        id=UUID(int=100 + number),
        control_id=_CONTROL,
        control_code="AC-01",
        number=number,
        title="Access review",
        statement=f"Text {number}.",
        requirements=list(requirements),
        effective_from=begun,
        version=1,
    )


_NEW: dict[str, Any] = {"org_id": _ORG, "engagement_id": _ORG, "created_at": _SPAN.end, "updated_at": _SPAN.end}
_OF_CONTROL: dict[str, Any] = {"control_id": _CONTROL, "control_code": "AC-01"}


def _paper(result: dict[str, Any]) -> Paper:
    return Paper(
        **_NEW,
        **_OF_CONTROL,
        number=1,
        definition_id=_ORG,
        definition=1,
        criteria=["soc2:CC6.2"],
        title="Access review",
        procedures=[{"kind": "inspection", "text": "Inspected."}],
        evidence=[],
        legend=[],
        signatures=[],
        result=result,
    )


def _deviation(*items: int, cause: str | None = None) -> Deviation:
    return Deviation(
        **_NEW,
        **_OF_CONTROL,
        kind="operation",
        nature="Approved too late.",
        sample_item_ids=[UUID(int=each) for each in items],
        analysis={"cause": cause} if cause else None,
        recorded_by={},
    )


def _results(tested: Tested) -> list[dict[str, Any]]:
    (control,) = reported_controls([_PINNED], {}, [tested], criteria=[])
    return [test.result.model_dump(exclude_none=True) for test in control.tests]


def test_definitions_count_while_they_are_in_force() -> None:
    before, first, second, later = (
        _definition(n, at) for n, at in enumerate([(2024, 1), (2025, 1), (2026, 3), (2026, 9)], 1)
    )
    assert in_force([later, second, before, first], _SPAN) == [first, second]
    assert in_force([second], _SPAN) == [second]
    assert in_force([before, first], _SPAN) == [first]


def test_the_text_is_that_of_the_newest_definition_with_those_before_it() -> None:
    definitions = [_definition(1, (2025, 1), "soc2:CC6.1", "iso27001:A.5.15"), _definition(2, (2026, 3), "soc2:CC6.2")]
    criteria = ["CC6.2", "CC6.1", "A1.1"]
    (control,) = reported_controls([_PINNED], {_CONTROL: definitions}, [], criteria=criteria)
    assert control.text == "Text 2.\n\nUntil March 1, 2026: Text 1."
    assert control.criteria == ["CC6.2", "CC6.1"]
    (unknown,) = reported_controls([_PINNED], {}, [], criteria=criteria)
    assert (unknown.text, unknown.criteria) == ("Access review", [])


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"operation": "operated_effectively"}, {"kind": "no_deviations"}),
        (
            {"operation": "no_occurrence", "reason": "Nobody left."},
            {"kind": "no_occurrence", "circumstance": "Nobody left."},
        ),
        ({"operation": "not_tested", "reason": "No access."}, {"kind": "not_tested", "reason": "No access."}),
        (
            {"operation": "did_not_operate", "reason": "It was not performed."},
            {"kind": "deviations", "items": "items selected", "nature": "It was not performed."},
        ),
    ],
)
def test_the_result_is_that_of_the_paper(result: dict[str, Any], said: dict[str, Any]) -> None:
    assert _results(Tested(_paper(result), [], None)) == [said]


def test_deviations_are_told_with_the_numbers_of_the_sample() -> None:
    paper = _paper({"operation": "operated_with_deviations", "reason": "Isolated."})
    deviations = [_deviation(1, 2, cause="Leave."), _deviation()]
    counted, uncounted = _results(Tested(paper, deviations, 25))
    assert (counted["deviating"], counted["tested"], counted["cause"]) == (2, 25, "Leave.")
    assert "tested" not in uncounted
    (without_sample,) = _results(Tested(paper, [_deviation(1)], None))
    assert "tested" not in without_sample


def test_an_effective_control_with_a_deviation_tells_it_all_the_same() -> None:
    (told,) = _results(Tested(_paper({"operation": "operated_effectively"}), [_deviation(1)], 5))
    assert told["nature"] == "Approved too late."
