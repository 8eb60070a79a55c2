"""Controls: their life from draft to retired."""

import pytest

from deploy.story import expect_evidence, implemented_control
from tests.support import Organisation, created, eventually, ok, person, problem

DRAFT = {
    "code": "CM-01",
    "title": "Changes are reviewed",
    "statement": "No change reaches production without another engineer's approval.",
    "owner": "kim@example.com",
    "kind": "preventive",
    "nature": "automated",
    "frequency": "continuous",
    "requirements": ["soc2:CC8.1"],
}


async def _drafted(org: Organisation, **changes: object) -> str:
    return str(created(await org.manager.post("/v1/controls", json=DRAFT | changes))["id"])


async def test_a_control_starts_as_a_draft(org: Organisation) -> None:
    response = await org.manager.post("/v1/controls", json=DRAFT)
    control = created(response)
    assert control == ok(await org.viewer.get(response.headers["Location"]))
    assert {name: control[name] for name in DRAFT} == {**DRAFT, "owner": await person(org, "kim")}
    assert (control["status"], control["version"], response.headers["ETag"]) == ("draft", 1, '"1"')


async def test_a_code_is_given_once(org: Organisation, other_org: Organisation) -> None:
    await _drafted(org)
    refused = problem(await org.manager.post("/v1/controls", json=DRAFT), 409, "code-taken")
    assert refused["errors"] == [{"pointer": "/code", "detail": "taken"}]
    await _drafted(other_org)


async def test_the_author_does_not_approve(org: Organisation) -> None:
    control = await _drafted(org)
    refused = await org.manager.post(f"/v1/controls/{control}/approvals")
    assert "author" in problem(refused, 403, "separation-of-duties")["detail"]
    assert ok(await org.second_manager.post(f"/v1/controls/{control}/approvals"))["status"] == "approved"


async def test_another_text_of_an_approved_control_needs_approval_again(org: Organisation) -> None:
    control = await _drafted(org)
    approved = await org.second_manager.post(f"/v1/controls/{control}/approvals")
    tag = {"If-Match": approved.headers["ETag"]}
    revised = ok(await org.second_manager.patch(f"/v1/controls/{control}", json={"nature": "hybrid"}, headers=tag))
    assert (revised["status"], revised["nature"], revised["title"]) == ("draft", "hybrid", DRAFT["title"])
    refused = await org.second_manager.post(f"/v1/controls/{control}/approvals")
    problem(refused, 403, "separation-of-duties")
    ok(await org.manager.post(f"/v1/controls/{control}/approvals"))


async def test_others_answer_for_a_control_at_once(org: Organisation) -> None:
    control = await _drafted(org)
    approved = await org.second_manager.post(f"/v1/controls/{control}/approvals")
    owners = {"owner": "lee@example.com", "backup_owner": "kim@example.com"}
    tag = {"If-Match": approved.headers["ETag"]}
    answer = await org.manager.patch(f"/v1/controls/{control}", json=owners, headers=tag)
    reassigned = ok(answer)
    lee, kim = await person(org, "lee"), await person(org, "kim")
    assert (reassigned["owner"], reassigned["backup_owner"]) == (lee, kim)
    assert (reassigned["status"], reassigned["definition"]) == ("approved", 1)
    same = await org.manager.patch(
        f"/v1/controls/{control}", json={"backup_owner": "lee@example.com"}, headers={"If-Match": "*"}
    )
    assert problem(same, 422, "invalid")["errors"][0]["pointer"] == "/backup_owner"
    nobody = {"backup_owner": None}
    tag = {"If-Match": answer.headers["ETag"]}
    assert ok(await org.manager.patch(f"/v1/controls/{control}", json=nobody, headers=tag))["backup_owner"] is None
    params = {"subject": control, "type": "controls.control.reassigned"}
    told = ok(await org.manager.get("/v1/services/controls/trail", params=params))["items"]
    assert {each["data"]["owner_id_before"] for each in told} == {kim["id"], lee["id"]}


@pytest.mark.parametrize(
    ("done", "verb", "allowed"),
    [
        ([], "implementations", "approve, retire"),
        (["approvals"], "approvals", "implement, retire"),
        (["approvals", "implementations"], "implementations", "retire"),
        (["approvals", "implementations", "retirements"], "approvals", "nothing further"),
    ],
)
async def test_what_a_state_does_not_allow_names_what_it_does(
    org: Organisation, done: list[str], verb: str, allowed: str
) -> None:
    control = await _drafted(org)
    for step in done:
        body = {"reason": "Replaced"} if step == "retirements" else None
        ok(await org.second_manager.post(f"/v1/controls/{control}/{step}", json=body))
    refused = await org.second_manager.post(f"/v1/controls/{control}/{verb}")
    assert allowed in problem(refused, 409, "conflict")["detail"]


async def test_a_retired_control_is_not_revised(org: Organisation) -> None:
    control = await _drafted(org)
    retired = await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": "Replaced"})
    refused = await org.manager.patch(
        f"/v1/controls/{control}", json={"title": "New"}, headers={"If-Match": retired.headers["ETag"]}
    )
    problem(refused, 409, "conflict")


@pytest.mark.parametrize("criterion", ["soc2:CC8.2", "soc2:P1.0", "soc2:PP1.1", "soc3:CC1.1", "sp800-53:AC-2(10)"])
async def test_what_is_no_criterion_is_refused(org: Organisation, criterion: str) -> None:
    refused = await org.manager.post("/v1/controls", json=DRAFT | {"requirements": ["soc2:CC6.1", criterion]})
    error = problem(refused, 422, "invalid")["errors"][0]
    assert error["pointer"] == "/requirements/1"
    assert criterion in error["detail"]


async def test_lists_filter(org: Organisation) -> None:
    first = await _drafted(org)
    backups = {"title": "Backups are restored", "owner": "lee@example.com", "requirements": ["soc2:A1.3"]}
    second = await _drafted(org, code="BC-01", **backups)
    ok(await org.second_manager.post(f"/v1/controls/{second}/approvals"))

    async def found(**query: str) -> list[str]:
        return [item["id"] for item in ok(await org.viewer.get("/v1/controls", params=query))["items"]]

    assert await found(status="approved") == [second]
    assert await found(owner="kim@example.com") == [first]
    assert await found(requirement="soc2:A1.3") == [second]
    assert await found(q="CHANGES") == [first]
    assert await found(q="bc-") == [second]
    assert await found(q="100%") == []
    since = ok(await org.viewer.get(f"/v1/controls/{second}"))["updated_at"]
    assert await found(updated_since=since) == [second]


async def test_who_may_not_write_is_refused(org: Organisation) -> None:
    control = await _drafted(org)
    for stranger in (org.viewer, org.owner, org.reviewer):
        problem(await stranger.post("/v1/controls", json=DRAFT), 403, "forbidden")
        problem(await stranger.post(f"/v1/controls/{control}/approvals"), 403, "forbidden")


async def test_another_organisation_does_not_see_it(org: Organisation, other_org: Organisation) -> None:
    control = await _drafted(org)
    problem(await other_org.manager.get(f"/v1/controls/{control}"), 404, "not-found")
    problem(await other_org.manager.get(f"/v1/controls/{control}/health"), 404, "not-found")
    problem(await other_org.manager.post(f"/v1/controls/{control}/approvals"), 404, "not-found")
    tag = {"If-Match": '"1"'}
    problem(
        await other_org.manager.patch(f"/v1/controls/{control}", json={"title": "x"}, headers=tag), 404, "not-found"
    )
    assert ok(await other_org.manager.get("/v1/controls"))["items"] == []
    assert ok(await other_org.manager.get("/v1/control-health"))["items"] == []


async def test_health_says_why(org: Organisation) -> None:
    drafted = ok(await org.viewer.get(f"/v1/controls/{await _drafted(org)}/health"))
    assert (drafted["state"], drafted["reasons"]) == ("unknown", ["The control is not in operation."])
    control = await implemented_control(org, "AC-01")
    await expect_evidence(org, control)

    async def reasons() -> bool:
        health = ok(await org.viewer.get(f"/v1/controls/{control}/health"))
        return bool(health["reasons"] == ["No fresh evidence for 'Access review' has been accepted yet."])

    assert await eventually(reasons)
    listed = ok(await org.viewer.get("/v1/control-health", params={"state": "unknown", "sort": "-code"}))["items"]
    assert [item["code"] for item in listed] == ["CM-01", "AC-01"]
