"""Gaps: what closes most first."""

from typing import Any

from deploy.story import expect_evidence
from tests.controls.given import control, procedure, programme, pushed, shown
from tests.support import Organisation, eventually, ok, problem


async def _gaps(org: Organisation, programme_id: str, **query: Any) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/programmes/{programme_id}/gaps", params=query))


async def test_without_controls_each_criterion_is_a_gap(org: Organisation) -> None:
    gaps = await _gaps(org, await programme(org), limit=2)
    assert (gaps["total"], len(gaps["gaps"])) == (33, 2)
    assert gaps["gaps"][0] == {
        "lack": "no_control",
        "what": "Map a control to CC1.1, or write one.",
        "control": None,
        "expectation": None,
        "not_expected": [],
        "waived_until": None,
        "closes": ["CC1.1"],
        "concerns": ["CC1.1"],
    }


async def test_what_closes_most_comes_first(org: Organisation) -> None:
    going, follows = await programme(org), await procedure(org)
    wide = await control(org, "AC-09", ["soc2:CC6.1", "soc2:CC6.2", "soc2:CC6.3"])
    narrow = await control(org, "AC-01", ["soc2:CC7.1"])
    for each in (wide, narrow):
        await shown(org, each, follows, "design")
    first, second, *_ = (await _gaps(org, going))["gaps"]
    assert (first["what"], first["closes"]) == ("Test the operation of AC-09.", ["CC6.1", "CC6.2", "CC6.3"])
    assert first["control"] == {"id": wide, "code": "AC-09", "title": "Control AC-09"}
    assert len(second["closes"]) == 1
    await control(org, "AC-10", ["soc2:CC6.1"], until="approved")
    first, *_ = (await _gaps(org, going))["gaps"]
    assert (first["closes"], first["concerns"]) == (["CC6.2", "CC6.3"], ["CC6.1", "CC6.2", "CC6.3"])
    await pushed(org, "AC-09")
    left = await _gaps(org, going, limit=200)
    assert not any(each["control"] and each["control"]["code"] == "AC-09" for each in left["gaps"])
    ready = ok(await org.viewer.get(f"/v1/programmes/{going}/readiness"))
    assert {each["ref"] for each in ready["requirements"] if each["state"] == "ready"} == {"CC6.2", "CC6.3"}


async def test_each_kind_of_evidence_is_a_gap_of_its_own(org: Organisation) -> None:
    going = await programme(org)
    kept = await control(org, "AC-01", ["soc2:CC6.1"])
    await shown(org, kept, await procedure(org), "design")
    await pushed(org, "AC-01")
    await expect_evidence(org, kept)

    async def missing() -> dict[str, Any] | None:
        found = (await _gaps(org, going, limit=200))["gaps"]
        return next((each for each in found if each["lack"] == "evidence_not_fresh"), None)

    gap = await eventually(missing)
    assert gap["what"] == "Provide evidence for 'Access review' of AC-01."
    assert (gap["expectation"], gap["closes"]) == ("Access review", ["CC6.1"])


async def test_a_draft_is_a_gap_only_where_nothing_else_answers(org: Organisation) -> None:
    going = await programme(org, report_type="soc2_type1")
    await control(org, "AC-01", ["soc2:CC6.1"])
    await control(org, "AC-02", ["soc2:CC6.1", "soc2:CC6.2"], until="draft")
    found = {each["what"]: each["concerns"] for each in (await _gaps(org, going, limit=200))["gaps"]}
    assert found["Have AC-02 approved."] == ["CC6.2"]
    assert found["Test the design of AC-01."] == ["CC6.1"]


async def test_where_nothing_is_expected_the_gap_says_what_is_missing(org: Organisation) -> None:
    ours = await programme(org)
    due, on_an_event = await control(org, "AC-01", ["soc2:CC6.1"]), await control(org, "AC-02", ["soc2:CC6.2"])
    ok(await org.manager.patch(f"/v1/controls/{on_an_event}", json={"frequency": "ad_hoc"}, headers={"If-Match": "*"}))
    ok(await org.second_manager.post(f"/v1/controls/{on_an_event}/approvals"))
    gaps = (await _gaps(org, ours))["gaps"]
    found = {each["control"]["id"]: each for each in gaps if each["lack"] == "operation_not_tested"}
    assert found[due]["not_expected"] == ["no_evidence_expected"]
    assert found[on_an_event]["not_expected"] == ["no_evidence_expected", "no_occurrence_expected"]


async def test_more_than_a_page_is_refused(org: Organisation) -> None:
    going = await programme(org)
    problem(await org.viewer.get(f"/v1/programmes/{going}/gaps", params={"limit": 201}), 422, "invalid")
