"""Information security objectives of an ISO/IEC 27001 programme, and how they are to be achieved."""

from typing import Any

from tests.controls.deficient import told_of
from tests.controls.given import interested_party, iso_programme, programme, security_objective
from tests.support import Organisation, created, ok, person, problem

_DRAFT: dict[str, Any] = {
    "title": "Critical vulnerabilities are closed within seven days",
    "measure": "Their share, each month: at least 95 %.",
    "plan": "Daily scans and a rota for patches.",
    "owner": "dana@example.com",
    "due_on": "2027-06-30",
    "evaluation": "The management review looks at the share each quarter.",
}


async def test_an_objective_is_set_with_its_plan(org: Organisation, other_org: Organisation) -> None:
    going = await iso_programme(org)
    objective = created(await org.manager.post(f"/v1/programmes/{going}/security-objectives", json=_DRAFT))
    assert objective | _DRAFT == objective | {"owner": "dana@example.com"}
    assert (objective["owner"], objective["status"]) == (await person(org, "dana"), "in_force")
    path = f"/v1/security-objectives/{objective['id']}"
    assert ok(await org.viewer.get(path)) == objective
    problem(await other_org.viewer.get(path), 404, "not-found")
    listed = ok(await org.viewer.get("/v1/security-objectives", params={"owner": "dana@example.com"}))["items"]
    assert listed == [objective]
    assert ok(await other_org.viewer.get("/v1/security-objectives"))["items"] == []


async def test_objectives_are_for_iso_27001_alone(org: Organisation) -> None:
    path = f"/v1/programmes/{await programme(org)}/security-objectives"
    problem(await org.manager.post(path, json=_DRAFT), 409, "not-asked-for")


async def test_an_objective_is_revised_and_withdrawn(org: Organisation) -> None:
    objective = await security_objective(org, await iso_programme(org))
    path = f"/v1/security-objectives/{objective}"
    change = {"due_on": "2027-12-31", "owner": "lee@example.com"}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert (revised["due_on"], revised["owner"]) == ("2027-12-31", await person(org, "lee"))
    assert revised["title"] == _DRAFT["title"]
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    reason = {"reason": "It was achieved."}
    withdrawn = ok(await org.manager.post(f"{path}/withdrawals", json=reason))
    assert withdrawn["status"] == "withdrawn"
    problem(await org.manager.post(f"{path}/withdrawals", json=reason), 409, "conflict")
    since = {"updated_since": withdrawn["updated_at"]}
    assert ok(await org.viewer.get("/v1/security-objectives", params=since))["items"] == [withdrawn]
    assert [each["type"].rpartition(".")[2] for each in await told_of(org, objective)] == [
        "set",
        "revised",
        "withdrawn",
    ]


async def test_readiness_says_what_the_management_system_lacks(org: Organisation) -> None:
    going = await iso_programme(org)

    async def missing() -> list[tuple[str, str]]:
        head = ok(await org.viewer.get(f"/v1/programmes/{going}/readiness"))["missing"]
        return [(each["code"], each["path"]) for each in head]

    no_party = ("no_interested_party", f"/v1/programmes/{going}/interested-parties")
    no_objective = ("no_security_objective", f"/v1/programmes/{going}/security-objectives")
    assert await missing() == [no_party, no_objective]
    party = await interested_party(org, going)
    assert await missing() == [no_objective]
    await security_objective(org, going)
    assert await missing() == []
    reason = {"reason": "The last contract has ended."}
    ok(await org.manager.post(f"/v1/interested-parties/{party}/withdrawals", json=reason))
    assert await missing() == [no_party]


async def test_who_may_not_is_refused(org: Organisation, other_org: Organisation) -> None:
    going = await iso_programme(org)
    objective, reason = await security_objective(org, going), {"reason": "It was achieved."}
    writes = [(f"/v1/programmes/{going}/security-objectives", _DRAFT)]
    writes.append((f"/v1/security-objectives/{objective}/withdrawals", reason))
    for path, body in writes:
        problem(await org.viewer.post(path, json=body), 403, "forbidden")
        problem(await other_org.manager.post(path, json=body), 404, "not-found")
    path, first = f"/v1/security-objectives/{objective}", {"If-Match": '"1"'}
    problem(await org.viewer.patch(path, json={"plan": "None."}, headers=first), 403, "forbidden")
    problem(await other_org.manager.patch(path, json={"plan": "None."}, headers=first), 404, "not-found")
    problem(await org.monitor.get("/v1/security-objectives"), 403, "forbidden")
