"""Which parts a description has, and what it lacks: the rules."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.description.description_contents.rules import changes_since, digest_of, lacks
from services.audit.description.description_contents.schemas import Content, LackCode
from services.audit.description.description_parts.models import DescriptionPart
from services.audit.description.description_parts.rules import MAY_BE_NONE, has_to_be_written, parts_of
from services.audit.engagements.engagements.models import EngagementKind

_ID = UUID(int=1)
_DATES: dict[bool, dict[str, Any]] = {
    True: {"as_of_date": None, "period_start": date(2026, 1, 1), "period_end": date(2026, 6, 30)},
    False: {"as_of_date": date(2026, 6, 30), "period_start": None, "period_end": None},
}
_SOC = [kind for kind in EngagementKind if kind.startswith("soc")]


def _content(kind: EngagementKind, **changes: Any) -> Content:
    """A description of that kind that lacks nothing and lists what has to be listed."""
    asked = has_to_be_written(kind)
    parts = [
        {
            "part": part,
            "criterion": heading.criterion,
            "title": heading.title,
            "text": "Words." if part in asked else None,
            "none": part in MAY_BE_NONE,
        }
        for part, heading in parts_of(kind).items()
    ]
    promised = [
        {"id": _ID, "version": 1, "kind": each, "text": "Available.", "criteria": ["A1.1"]}
        for each in ("service_commitment", "system_requirement")
    ]
    names = ("incidents", "user_entity_controls", "subservice_organisations", "criteria_not_relevant", "changes")
    empty: dict[str, Any] = {name: [] for name in names}
    engagement = {"id": _ID, "title": "SOC", "kind": kind, "categories": [], **_DATES[kind.endswith("type2")]}
    control = {"id": _ID, "version": 1, "code": "AC-01", "title": "Access review"}
    given_now = {"parts": parts, "commitments": promised, "controls": [control], "controls_in_scope": 1, **empty}
    return Content.model_validate({"engagement": engagement, **given_now, **changes})


def test_a_soc_2_has_the_nine_description_criteria_in_order_and_type_1_has_no_changes() -> None:
    numbers = [heading.criterion for heading in parts_of(EngagementKind.SOC2_TYPE2).values()]
    assert list(dict.fromkeys(numbers)) == [f"DC{number}" for number in range(1, 10)]
    assert numbers == sorted(numbers, key=str)
    for kind in _SOC:
        assert (DescriptionPart.CHANGES in parts_of(kind)) == kind.endswith("type2")


@pytest.mark.parametrize("kind", _SOC)
def test_a_complete_description_lacks_nothing(kind: EngagementKind) -> None:
    assert lacks(_content(kind), has_programme=True) == []


@given(st.sampled_from(_SOC), st.data())
def test_every_part_that_has_to_be_written_is_named_when_it_is_not(kind: EngagementKind, data: st.DataObject) -> None:
    content = _content(kind)
    missing = data.draw(st.sets(st.sampled_from(sorted(has_to_be_written(kind)))))
    for part in content.parts:
        if part.part in missing:
            part.text = None
    found = lacks(content, has_programme=True)
    assert {lack.part for lack in found} == missing
    assert {lack.code for lack in found} <= {LackCode.NOT_WRITTEN}


@given(st.sampled_from(_SOC), st.sets(st.sampled_from(sorted(MAY_BE_NONE))))
def test_silence_is_not_none(kind: EngagementKind, silent: set[DescriptionPart]) -> None:
    content = _content(kind)
    for part in content.parts:
        part.none = part.part not in silent
    found = {lack.part for lack in lacks(content, has_programme=True)}
    assert found == silent & parts_of(kind).keys()


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"commitments": []}, [LackCode.NO_SERVICE_COMMITMENT, LackCode.NO_SYSTEM_REQUIREMENT]),
        ({"controls": [], "controls_in_scope": 0}, [LackCode.NO_CONTROL]),
        ({"controls_in_scope": 3}, [LackCode.UNKNOWN_CONTROL]),
        (
            {"changes": [{"id": _ID, "version": 1, "title": "Move", "text": "Away.", "changed_on": "2026-07-01"}]},
            [LackCode.RECORDED_AND_NONE, LackCode.OUTSIDE_THE_TIME],
        ),
    ],
)
def test_each_lack_has_its_code(changes: dict[str, Any], codes: list[LackCode]) -> None:
    found = lacks(_content(EngagementKind.SOC2_TYPE2, **changes), has_programme=True)
    assert [lack.code for lack in found] == codes


def test_commitments_need_a_programme_in_a_soc_2_alone() -> None:
    (lack,) = lacks(_content(EngagementKind.SOC2_TYPE1, commitments=[]), has_programme=False)
    assert lack.code == LackCode.NO_PROGRAMME
    assert lacks(_content(EngagementKind.SOC1_TYPE1, commitments=[]), has_programme=False) == []


@pytest.mark.parametrize(
    ("method", "code"),
    [("carve_out", LackCode.NO_SUBSERVICE_CONTROL), ("inclusive", LackCode.NO_AGREEMENT)],
)
def test_a_subservice_organisation_has_what_its_method_needs(method: str, code: LackCode) -> None:
    bare = {"id": _ID, "version": 1, "name": "Host", "services": "Hosting.", "method": method, "controls": []}
    content = _content(
        EngagementKind.SOC2_TYPE2, subservice_organisations=[bare | {"agreement": None, "ended_on": None}]
    )
    codes = [lack.code for lack in lacks(content, has_programme=True)]
    assert codes == [LackCode.RECORDED_AND_NONE, code]


def test_a_change_of_the_dates_or_of_what_is_named_is_told() -> None:
    approved = _content(EngagementKind.SOC2_TYPE2)
    assert changes_since(approved, _content(EngagementKind.SOC2_TYPE2)) == []
    moved = approved.model_copy(update={"engagement": approved.engagement.model_copy(update={"title": "Other"})})
    assert [(lack.part, lack.code) for lack in changes_since(approved, moved)] == [(None, LackCode.CHANGED_SINCE)]
    fewer = approved.model_copy(update={"commitments": approved.commitments[:1]})
    assert [lack.part for lack in changes_since(approved, fewer)] == [DescriptionPart.COMMITMENTS]


@given(st.text(max_size=40), st.datetimes(timezones=st.just(UTC)))
def test_a_content_reads_back_as_it_was_stored(text: str, at: datetime) -> None:
    words = {"title": text, "nature": text, "effect": text, "disposition": text}
    found = {"id": _ID, "version": 1, "began_at": at, "ended_at": None, "control_ids": [_ID], "commitment_ids": []}
    content = _content(EngagementKind.SOC2_TYPE2, incidents=[found | words])
    again = Content.model_validate_json(content.model_dump_json())
    assert (again, digest_of(again)) == (content, digest_of(content))
