import uuid
from typing import Any

import pytest

from tests.gateway.support import newcomer
from tests.support import Organisation, created, ok, problem

NORA = newcomer("nora")
CPA = newcomer("cpa", "viewer", ends_at="2199-01-01T00:00:00Z")


async def test_a_member_is_added_revised_and_removed(org: Organisation) -> None:
    response = await org.admin.post("/v1/members", json=NORA)
    member = created(response)
    url, person = response.headers["location"], member["person"]
    assert person["name"] == "Nora"
    revised = await org.admin.patch(url, json={"roles": ["viewer"]}, headers={"If-Match": response.headers["etag"]})
    assert ok(revised)["roles"] == ["viewer"]
    assert ok(revised)["version"] == 2
    assert ok(await org.admin.get(f"/v1/people/{person['id']}"))["roles"] == ["viewer"]
    removed = ok(await org.admin.post(f"{url}/removals", json={"reason": "Left the company."}))
    assert removed["status"] == "removed"
    assert ok(await org.admin.get(f"/v1/people/{person['id']}"))["roles"] == []
    problem(await org.admin.post(f"{url}/removals", json={"reason": "Again."}), 409, "conflict")
    problem(await org.admin.patch(url, json={}, headers={"If-Match": "*"}), 409, "conflict")
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"subject": member["id"]}))["items"]
    assert [each["type"] for each in trail] == [
        "gateway.member.added",
        "gateway.member.changed",
        "gateway.member.removed",
    ]
    assert trail[1]["before"] == {"roles": ["compliance-manager"]}
    assert trail[2]["reason"] == "Left the company."
    assert trail[2]["actor"] == "client"
    assert trail[2]["person"]["name"] == "Ada Admin"
    assert trail[2]["client"] == {"id": org.credentials["client_id"], "name": "First administrator"}


async def test_who_is_removed_and_added_again_is_the_same_person(org: Organisation) -> None:
    first = created(await org.admin.post("/v1/members", json=NORA))
    ok(await org.admin.post(f"/v1/members/{first['id']}/removals", json={"reason": "A pause."}))
    draft = {"person": "Nora@Example.COM", "roles": ["viewer"]}
    second = created(await org.admin.post("/v1/members", json=draft))
    assert second["id"] != first["id"]
    assert second["person"] == first["person"]


async def test_a_person_is_a_member_once(org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=NORA))
    again = await org.admin.post("/v1/members", json={"person": member["person"]["id"], "roles": ["viewer"]})
    assert problem(again, 409, "member-already")["errors"][0]["pointer"] == "/person"
    same_address = await org.admin.post("/v1/members", json=NORA)
    assert problem(same_address, 409, "address-taken")["errors"][0]["pointer"] == "/new_person/emails/0"
    unknown = await org.admin.post("/v1/members", json={"person": "who@example.com", "roles": ["viewer"]})
    assert problem(unknown, 422, "unknown-person")["errors"][0]["pointer"] == "/person"


async def test_many_are_added_at_once_or_none(org: Organisation) -> None:
    people = [newcomer("nora"), newcomer("zoe"), newcomer("yara")]
    refused = await org.admin.post("/v1/members/batch", json={"members": [*people, newcomer("zoe", "viewer")]})
    assert problem(refused, 409, "address-taken")["errors"][0]["pointer"] == "/members/3/new_person/emails/0"
    added = created(await org.admin.post("/v1/members/batch", json={"members": people}))["members"]
    found = [ok(await org.admin.get(f"/v1/members/{member['id']}"))["person"]["name"] for member in added]
    assert found == ["Nora", "Zoe", "Yara"]
    problem(await org.manager.post("/v1/members/batch", json={"members": people}), 403, "forbidden")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"person": "nobody"}, "/person"),
        ({"person": "nora@example.com"}, ""),
        ({"new_person": None}, ""),
        ({"new_person": {"name": "x", "emails": ["a@b\x00.example"]}}, "/new_person/emails/0"),
        ({"roles": ["operator"]}, "/roles"),
        ({"ends_at": "2026-01-01"}, "/ends_at"),
        ({"subject": "s"}, ""),
        ({"admin": True}, "/admin"),
    ],
)
async def test_what_is_not_valid_is_named(org: Organisation, change: dict[str, Any], pointer: str) -> None:
    answer = await org.admin.post("/v1/members", json={**NORA, **change})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == pointer


async def test_a_membership_does_not_begin_after_its_end(org: Organisation) -> None:
    answer = await org.admin.post("/v1/members", json={**NORA, "ends_at": "2001-01-01T00:00:00Z"})
    assert problem(answer, 422, "ends-in-the-past")["errors"][0]["pointer"] == "/ends_at"


async def test_lists_filter_and_go_on(org: Organisation) -> None:
    nora = created(await org.admin.post("/v1/members", json=NORA))
    everyone = ok(await org.admin.get("/v1/members", params={"limit": 200}))["items"]
    first = ok(await org.admin.get("/v1/members", params={"limit": 2}))
    rest = ok(await org.admin.get("/v1/members", params={"limit": 200, "cursor": first["next_cursor"]}))
    assert first["items"] + rest["items"] == everyone
    monitors = ok(await org.admin.get("/v1/members", params={"role": "monitor"}))["items"]
    assert [member["person"]["name"] for member in monitors] == ["Monitor"]
    hers = ok(await org.admin.get("/v1/members", params={"person": nora["person"]["id"]}))["items"]
    assert [member["id"] for member in hers] == [nora["id"]]
    params = {"updated_since": nora["updated_at"]}
    assert [member["id"] for member in ok(await org.admin.get("/v1/members", params=params))["items"]] == [nora["id"]]


async def test_changes_need_the_version_they_are_about(org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=NORA))
    url = f"/v1/members/{member['id']}"
    problem(await org.admin.patch(url, json={"roles": ["viewer"]}), 428, "precondition-required")
    problem(await org.admin.patch(url, json={"roles": ["viewer"]}, headers={"If-Match": '"7"'}), 412, "stale")
    assert (await org.admin.get(url, headers={"If-None-Match": '"1"'})).status_code == 304


async def test_who_may_read_and_who_may_change(org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=NORA))
    ok(await org.manager.get("/v1/members"))
    problem(await org.manager.post("/v1/members", json=CPA), 403, "forbidden")
    problem(await org.viewer.get("/v1/members"), 403, "forbidden")
    url = f"/v1/members/{member['id']}"
    problem(await org.manager.patch(url, json={"roles": ["admin"]}, headers={"If-Match": "*"}), 403, "forbidden")


async def test_members_of_another_organisation_are_not_there(org: Organisation, other_org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=NORA))
    url = f"/v1/members/{member['id']}"
    problem(await other_org.admin.get(url), 404, "not-found")
    problem(await other_org.admin.patch(url, json={}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await other_org.admin.post(f"{url}/removals", json={"reason": "x"}), 404, "not-found")
    stranger = {"person": member["person"]["id"], "roles": ["viewer"]}
    problem(await other_org.admin.post("/v1/members", json=stranger), 422, "unknown-person")
    created(await other_org.admin.post("/v1/members", json=NORA))


async def test_the_same_key_adds_once(org: Organisation) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = created(await org.admin.post("/v1/members", json=NORA, headers=headers))
    assert created(await org.admin.post("/v1/members", json=NORA, headers=headers)) == first
