"""Coverage: what the controls of one framework already say of another, and through which control."""

from collections import Counter
from typing import Any

from tests.controls.given import control, crosswalk, entry, version_of
from tests.support import Organisation, ok, problem


async def _coverage(org: Organisation, framework: str, **query: Any) -> dict[str, Any]:
    version = await version_of(org, framework)
    return ok(await org.viewer.get(f"/v1/framework-versions/{version}/coverage", params=query))


def _requirement(coverage: dict[str, Any], ref: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in coverage["requirements"] if each["ref"] == ref)
    return found


async def test_soc_2_controls_lead_to_iso_27001_through_the_crosswalk(org: Organisation) -> None:
    review = await control(org, "AC-01", ["soc2:CC6.2", "soc2:CC6.3"])
    coverage = await _coverage(org, "iso27001", through="soc2")
    assert coverage["totals"]["requirements"] == 123
    assert coverage["totals"]["in_operation"] == 1
    found = _requirement(coverage, "A.5.18")
    assert (found["extent"], found["foreseen"], found["in_operation"]) == ("partly", "partly", 1)
    assert [(way["via"], way["crosswalk"], way["relation"], way["strength"]) for way in found["ways"]] == [
        ("soc2:CC6.2", "soc2-iso27001", "intersects_with", 7),
        ("soc2:CC6.3", "soc2-iso27001", "intersects_with", 8),
    ]
    assert _requirement(coverage, "A.8.2")["extent"] == "fully"
    assert found["ways"][0]["controls"] == [{"id": review, "code": "AC-01", "title": "Control AC-01"}]
    assert _requirement(coverage, "A.7.4")["ways"] == []
    totals = coverage["totals"]
    assert totals["fully"] + totals["partly"] + totals["related"] + totals["nothing"] == 123
    extents = Counter(each["extent"] for each in coverage["requirements"])
    assert (totals["fully"], totals["partly"], totals["related"]) == (3, extents["partly"], 0)


async def test_an_entry_of_ones_own_says_more_and_is_read_both_ways(org: Organisation) -> None:
    own = await crosswalk(org)
    written = await entry(org, own, "soc2:CC6.3", "iso27001:A.5.15", "superset_of", strength=8)
    await control(org, "AC-01", ["soc2:CC6.3"])
    found = _requirement(await _coverage(org, "iso27001"), "A.5.15")
    assert found["extent"] == "fully"
    best = found["ways"][0]
    assert (best["entry_id"], best["relation"], best["strength"], best["says"]) == (written, "superset_of", 8, "fully")
    await control(org, "AC-02", ["iso27001:A.5.15"])
    found = _requirement(await _coverage(org, "soc2", through="iso27001"), "CC6.3")
    (way,) = [each for each in found["ways"] if each["entry_id"] == written]
    assert (found["extent"], way["via"], way["relation"]) == ("partly", "iso27001:A.5.15", "subset_of")


async def test_only_controls_in_operation_are_had(org: Organisation) -> None:
    await control(org, "AC-01", ["iso27001:A.5.15"], until="draft")
    await control(org, "AC-02", ["iso27001:A.5.15"], until="approved")
    retired = await control(org, "AC-03", ["iso27001:A.5.15"])
    ok(await org.manager.post(f"/v1/controls/{retired}/retirements", json={"reason": "Replaced."}))
    found = _requirement(await _coverage(org, "iso27001"), "A.5.15")
    assert (found["extent"], found["foreseen"], found["in_operation"], found["planned"]) == ("nothing", "fully", 0, 2)
    (way,) = found["ways"]
    assert (way["via"], way["relation"], way["controls"]) == ("iso27001:A.5.15", None, [])
    assert [each["code"] for each in way["planned_controls"]] == ["AC-01", "AC-02"]


async def test_a_control_counts_once_however_many_ways_it_goes(org: Organisation) -> None:
    for n in range(7):
        await control(org, f"AC-{n}", ["soc2:CC6.2", "soc2:CC6.3", "iso27001:A.5.18"])
    coverage = await _coverage(org, "iso27001")
    found = _requirement(coverage, "A.5.18")
    assert (found["in_operation"], coverage["totals"]["in_operation"]) == (7, 7)
    assert [(way["via"], way["in_operation"], len(way["controls"])) for way in found["ways"]] == [
        ("iso27001:A.5.18", 7, 5),
        ("soc2:CC6.2", 7, 5),
        ("soc2:CC6.3", 7, 5),
    ]


async def test_a_withdrawn_entry_or_crosswalk_leads_nowhere(org: Organisation) -> None:
    await control(org, "AC-01", ["soc2:P8.1"])
    own = await crosswalk(org)
    written = await entry(org, own, "soc2:P8.1", "iso27001:A.8.34", "equal")
    assert _requirement(await _coverage(org, "iso27001"), "A.8.34")["extent"] == "fully"
    ok(await org.manager.delete(f"/v1/crosswalk-entries/{written}", headers={"If-Match": "*"}))
    assert _requirement(await _coverage(org, "iso27001"), "A.8.34")["extent"] == "nothing"
    await entry(org, own, "soc2:P8.1", "iso27001:A.8.34", "equal")
    ok(await org.manager.post(f"/v1/crosswalks/{own}/withdrawals", json={"reason": "Wrong."}))
    assert _requirement(await _coverage(org, "iso27001"), "A.8.34")["extent"] == "nothing"


async def test_categories_narrow_the_question(org: Organisation) -> None:
    assert (await _coverage(org, "soc2", category=["security", "availability"]))["totals"]["requirements"] == 36
    assert (await _coverage(org, "sp800-53", category="moderate"))["totals"]["requirements"] == 287
    version = await version_of(org, "soc2")
    path = f"/v1/framework-versions/{version}/coverage"
    refused = problem(await org.viewer.get(path, params={"category": "safety", "through": "soc3"}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["query/category", "query/through"]


async def test_coverage_is_an_organisations_own(org: Organisation, other_org: Organisation) -> None:
    await control(org, "AC-01", ["iso27001:A.5.15"])
    answer = await other_org.viewer.get(f"/v1/framework-versions/{await version_of(other_org, 'iso27001')}/coverage")
    assert ok(answer)["totals"]["nothing"] == 123
    again = await other_org.viewer.get(str(answer.request.url), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    problem(
        await org.viewer.get(f"/v1/framework-versions/{'0' * 8}-0000-7000-8000-{'0' * 12}/coverage"), 404, "not-found"
    )
    problem(await org.monitor.get(str(answer.request.url)), 403, "forbidden")
