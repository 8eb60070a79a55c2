"""What nothing rests on can be taken away again; what anything rests on stays."""

from typing import Any

import httpx
import pytest

from tests.controls.documents import JSON, PROFILE, own_framework, profile, send, shipped
from tests.support import Organisation, created, ok, problem

CONTROL = {
    "code": "C-1",
    "title": "A control",
    "statement": "It is done.",
    "owner": "dana@example.com",
    "kind": "preventive",
    "nature": "manual",
    "frequency": "monthly",
    "requirements": ["own:R-1"],
}
PROGRAMME = {
    "title": "Our rules",
    "framework": "own",
    "report_type": "self_assessment",
    "system": {"services": ["Example Cloud"]},
    "owner": "dana@example.com",
    "target_date": "2027-03-31",
}


async def _version(org: Organisation, framework: str, label: str = "1", *refs: str) -> str:
    rows = [{"ref": ref, "title": "Rule"} for ref in refs or ("R-1",)]
    key: str = created(await send(org, framework, {"label": label, "requirements": rows}, JSON))["id"]
    return key


async def _withdraw(org: Organisation, kind: str, key: str) -> httpx.Response:
    return await org.manager.delete(f"/v1/{kind}/{key}", headers={"If-Match": "*"})


async def test_a_mistaken_version_goes_and_its_label_is_free(org: Organisation) -> None:
    framework = await own_framework(org)
    version = await _version(org, framework)
    seen = ok(await org.viewer.get(f"/v1/framework-versions/{version}"))
    assert (await _withdraw(org, "framework-versions", version)).status_code == 204
    since = {"updated_since": seen["updated_at"], "sort": "-updated_at"}
    listed = ok(await org.viewer.get("/v1/framework-versions", params=since | {"framework_id": framework}))["items"]
    assert [(each["id"], each["status"]) for each in listed] == [(version, "withdrawn")]
    problem(await _withdraw(org, "framework-versions", version), 409, "conflict")
    for path in ("document", f"differences?to={version}", "coverage"):
        problem(await org.viewer.get(f"/v1/framework-versions/{version}/{path}"), 404, "not-found")
    assert ok(await org.viewer.get("/v1/requirements", params={"version_id": version}))["items"] == []
    await _version(org, framework)
    trail = ok(await org.manager.get("/v1/services/controls/trail", params={"subject": version}))["items"]
    gone = next(each for each in trail if each["type"] == "controls.framework_version.withdrawn")
    assert (gone["before"], gone["after"]) == ({"status": "active"}, {"status": "withdrawn"})


async def test_a_framework_goes_with_its_versions_and_its_code_is_free(org: Organisation) -> None:
    framework = await own_framework(org)
    version = await _version(org, framework)
    problem(await org.manager.delete(f"/v1/frameworks/{framework}"), 428, "precondition-required")
    stale = await org.manager.delete(f"/v1/frameworks/{framework}", headers={"If-Match": '"7"'})
    problem(stale, 412, "stale")
    assert (await _withdraw(org, "frameworks", framework)).status_code == 204
    assert ok(await org.viewer.get(f"/v1/frameworks/{framework}"))["status"] == "withdrawn"
    assert ok(await org.viewer.get(f"/v1/framework-versions/{version}"))["status"] == "withdrawn"
    problem(await _withdraw(org, "frameworks", framework), 409, "conflict")
    late = await send(org, framework, {"label": "2", "requirements": [{"ref": "R-1", "title": "Rule"}]}, JSON)
    problem(late, 409, "conflict")
    again = await own_framework(org)
    active = ok(await org.viewer.get("/v1/frameworks", params={"status": "active", "q": "own"}))["items"]
    assert [each["id"] for each in active] == [again]


async def test_what_a_programme_pins_or_has_pinned_stays(org: Organisation) -> None:
    framework = await own_framework(org)
    first, second = await _version(org, framework), await _version(org, framework, "2")
    programme = created(await org.manager.post("/v1/programmes", json=PROGRAMME | {"framework_version": "1"}))["id"]
    assert "Our rules" in problem(await _withdraw(org, "framework-versions", first), 409, "in-use")["detail"]
    problem(await _withdraw(org, "frameworks", framework), 409, "in-use")
    body = {"framework_version_id": second}
    upgrade = created(await org.manager.post(f"/v1/programmes/{programme}/upgrades", json=body))["id"]
    ok(await org.manager.post(f"/v1/upgrades/{upgrade}/rollbacks"))
    for version in (first, second):
        problem(await _withdraw(org, "framework-versions", version), 409, "in-use")
    third = await _version(org, framework, "3")
    assert (await _withdraw(org, "framework-versions", third)).status_code == 204


async def test_what_a_profile_was_resolved_against_stays_as_long_as_the_profile(org: Organisation) -> None:
    framework = await own_framework(org)
    base = await _version(org, framework, "1", "R-1", "R-2")
    chosen = profile({"href": "x", "include-controls": [{"with-ids": ["R-1"]}]}, version="1-small")
    derived = created(await send(org, await own_framework(org, "small"), chosen, PROFILE, base=base))["id"]
    assert "1-small" in problem(await _withdraw(org, "framework-versions", base), 409, "in-use")["detail"]
    problem(await _withdraw(org, "frameworks", framework), 409, "in-use")
    assert (await _withdraw(org, "framework-versions", derived)).status_code == 204
    assert (await _withdraw(org, "frameworks", framework)).status_code == 204


async def test_what_a_control_answers_stays_until_another_version_has_it(org: Organisation) -> None:
    framework = await own_framework(org)
    version = await _version(org, framework)
    control = created(await org.manager.post("/v1/controls", json=CONTROL))["id"]
    assert "C-1" in problem(await _withdraw(org, "framework-versions", version), 409, "in-use")["detail"]
    await _version(org, framework, "2")
    assert (await _withdraw(org, "framework-versions", version)).status_code == 204
    problem(await _withdraw(org, "frameworks", framework), 409, "in-use")
    ok(await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": "No longer done"}))
    assert (await _withdraw(org, "frameworks", framework)).status_code == 204


@pytest.mark.parametrize("kind", ["frameworks", "framework-versions"])
async def test_what_comes_with_attest_stays(org: Organisation, kind: str) -> None:
    version: dict[str, Any] = ok(await org.viewer.get(f"/v1/framework-versions/{await shipped(org, 'soc2')}"))
    key = version["framework_id"] if kind == "frameworks" else version["id"]
    problem(await _withdraw(org, kind, key), 409, "comes-with-attest")


async def test_others_cannot_take_it_away(org: Organisation, other_org: Organisation) -> None:
    framework = await own_framework(org)
    version = await _version(org, framework)
    for kind, key in (("frameworks", framework), ("framework-versions", version)):
        problem(await _withdraw(other_org, kind, key), 404, "not-found")
        refused = await org.owner.delete(f"/v1/{kind}/{key}", headers={"If-Match": "*"})
        problem(refused, 403, "forbidden")
    ok(await org.viewer.get(f"/v1/framework-versions/{version}"))
