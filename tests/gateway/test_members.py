import uuid
from typing import Any

import pytest

from tests.support import Organisation, created, ok, problem

DANA = {"email": "Dana@Example.com", "roles": ["compliance-manager"]}
AUDITOR = {"email": "cpa@firm.example", "roles": ["auditor"], "ends_at": "2199-01-01T00:00:00Z"}


async def test_a_member_is_added_revised_and_removed(org: Organisation) -> None:
    response = await org.admin.post("/v1/members", json=DANA)
    member = created(response)
    url = response.headers["location"]
    assert member["email"] == "dana@example.com"
    revised = await org.admin.patch(url, json={"roles": ["viewer"]}, headers={"If-Match": response.headers["etag"]})
    assert ok(revised)["roles"] == ["viewer"]
    assert ok(revised)["version"] == 2
    removed = ok(await org.admin.post(f"{url}/removals", json={"reason": "Left the company."}))
    assert removed["status"] == "removed"
    problem(await org.admin.post(f"{url}/removals", json={"reason": "Again."}), 409, "conflict")
    problem(await org.admin.patch(url, json={}, headers={"If-Match": "*"}), 409, "conflict")
    created(await org.admin.post("/v1/members", json=DANA))
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"subject": member["id"]}))["items"]
    assert [each["type"] for each in trail] == [
        "gateway.member.added",
        "gateway.member.changed",
        "gateway.member.removed",
    ]
    assert trail[1]["before"] == {"roles": ["compliance-manager"]}
    assert trail[2]["reason"] == "Left the company."


async def test_a_person_is_a_member_once(org: Organisation) -> None:
    created(await org.admin.post("/v1/members", json=DANA))
    again = await org.admin.post("/v1/members", json={**DANA, "email": "DANA@example.COM"})
    assert problem(again, 409, "member-already")["errors"][0]["pointer"] == "/email"


async def test_an_auditors_membership_ends(org: Organisation) -> None:
    forever = await org.admin.post("/v1/members", json={**AUDITOR, "ends_at": None})
    assert problem(forever, 422, "end-missing")["errors"][0]["pointer"] == "/ends_at"
    member = created(await org.admin.post("/v1/members", json=AUDITOR))
    url = f"/v1/members/{member['id']}"
    problem(await org.admin.patch(url, json={"ends_at": None}, headers={"If-Match": "*"}), 422, "end-missing")
    ok(await org.admin.patch(url, json={"ends_at": None, "roles": ["viewer"]}, headers={"If-Match": "*"}))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": "a@b\x00.example"}, "/email"),
        ({"roles": ["operator"]}, "/roles"),
        ({"roles": ["auditor", "viewer"]}, "/roles"),
        ({"ends_at": "2026-01-01"}, "/ends_at"),
        ({"subject": "s"}, ""),
        ({"admin": True}, "/admin"),
    ],
)
async def test_what_is_not_valid_is_named(org: Organisation, change: dict[str, Any], pointer: str) -> None:
    answer = await org.admin.post("/v1/members", json={**DANA, **change})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == pointer


async def test_a_membership_does_not_begin_after_its_end(org: Organisation) -> None:
    answer = await org.admin.post("/v1/members", json={**DANA, "ends_at": "2001-01-01T00:00:00Z"})
    assert problem(answer, 422, "ends-in-the-past")["errors"][0]["pointer"] == "/ends_at"


async def test_lists_filter_and_go_on(org: Organisation) -> None:
    for name in ("c", "a", "b"):
        created(await org.admin.post("/v1/members", json={**DANA, "email": f"{name}@example.com"}))
    created(await org.admin.post("/v1/members", json=AUDITOR))
    first = ok(await org.admin.get("/v1/members", params={"limit": 2}))
    rest = ok(await org.admin.get("/v1/members", params={"limit": 2, "cursor": first["next_cursor"]}))
    emails = [each["email"] for each in first["items"] + rest["items"]]
    assert emails == ["a@example.com", "b@example.com", "c@example.com", "cpa@firm.example"]
    auditors = ok(await org.admin.get("/v1/members", params={"role": "auditor"}))["items"]
    assert [each["email"] for each in auditors] == ["cpa@firm.example"]


async def test_changes_need_the_version_they_are_about(org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=DANA))
    url = f"/v1/members/{member['id']}"
    problem(await org.admin.patch(url, json={"roles": ["viewer"]}), 428, "precondition-required")
    problem(await org.admin.patch(url, json={"roles": ["viewer"]}, headers={"If-Match": '"7"'}), 412, "stale")
    assert (await org.admin.get(url, headers={"If-None-Match": '"1"'})).status_code == 304


async def test_who_may_read_and_who_may_change(org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=DANA))
    ok(await org.manager.get("/v1/members"))
    problem(await org.manager.post("/v1/members", json=AUDITOR), 403, "forbidden")
    problem(await org.viewer.get("/v1/members"), 403, "forbidden")
    url = f"/v1/members/{member['id']}"
    problem(await org.manager.patch(url, json={"roles": ["admin"]}, headers={"If-Match": "*"}), 403, "forbidden")


async def test_members_of_another_organisation_are_not_there(org: Organisation, other_org: Organisation) -> None:
    member = created(await org.admin.post("/v1/members", json=DANA))
    url = f"/v1/members/{member['id']}"
    problem(await other_org.admin.get(url), 404, "not-found")
    problem(await other_org.admin.patch(url, json={}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await other_org.admin.post(f"{url}/removals", json={"reason": "x"}), 404, "not-found")
    assert ok(await other_org.admin.get("/v1/members"))["items"] == []
    created(await other_org.admin.post("/v1/members", json=DANA))


async def test_the_same_key_adds_once(org: Organisation) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = created(await org.admin.post("/v1/members", json=DANA, headers=headers))
    assert created(await org.admin.post("/v1/members", json=DANA, headers=headers)) == first
