"""The directory: people, apart from those who may act."""

import uuid
from typing import Any

import pytest

from tests.support import Organisation, created, ok, problem

NORA = {"name": "Nora Nowak", "emails": ["Nora@Example.com", "nora.nowak@example.com"], "department": "Platform"}


async def test_a_person_is_added_and_revised_and_the_trail_keeps_the_name_of_then(org: Organisation) -> None:
    response = await org.admin.post("/v1/people", json=NORA)
    nora = created(response)
    assert nora["emails"] == ["nora@example.com", "nora.nowak@example.com"]
    assert (nora["status"], nora["origin"], nora["roles"], nora["manager"]) == ("active", "manual", [], None)
    boss = created(await org.admin.post("/v1/people", json={"name": "Bo Berg"}))
    url, tag = response.headers["location"], {"If-Match": response.headers["etag"]}
    revised = await org.admin.patch(url, json={"name": "Nora Nilsson", "manager": boss["id"]}, headers=tag)
    assert ok(revised)["name"] == "Nora Nilsson"
    assert ok(revised)["manager"] == {"id": boss["id"], "name": "Bo Berg"}
    assert ok(revised)["department"] == "Platform"
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"subject": nora["id"]}))["items"]
    assert [event["data"]["display_name"] for event in trail] == ["Nora Nowak", "Nora Nilsson"]


async def test_an_address_is_one_persons_whatever_its_case(org: Organisation) -> None:
    nora = created(await org.admin.post("/v1/people", json=NORA))
    again = await org.admin.post("/v1/people", json={"name": "N.", "emails": ["x@example.com", "NORA@example.com"]})
    assert problem(again, 409, "address-taken")["errors"][0]["pointer"] == "/emails/1"
    kept = {"emails": ["nora.nowak@example.com"]}
    ok(await org.admin.patch(f"/v1/people/{nora['id']}", json=kept, headers={"If-Match": "*"}))
    other = {"name": "Another Nora", "emails": ["nora@example.com"]}
    problem(await org.admin.post("/v1/people", json=other), 409, "address-used-before")
    created(await org.admin.post("/v1/people", json={**other, "another_person": True}))


async def test_nobody_is_their_own_manager(org: Organisation) -> None:
    first = created(await org.admin.post("/v1/people", json={"name": "First"}))
    second = created(await org.admin.post("/v1/people", json={"name": "Second", "manager": first["id"]}))
    change = {"manager": second["id"]}
    answer = await org.admin.patch(f"/v1/people/{first['id']}", json=change, headers={"If-Match": "*"})
    assert problem(answer, 422, "manager-circle")["errors"][0]["pointer"] == "/manager"
    unknown = await org.admin.post("/v1/people", json={"name": "Third", "manager": str(uuid.uuid4())})
    assert problem(unknown, 422, "unknown-person")["errors"][0]["pointer"] == "/manager"


async def test_lists_are_found_by_name_address_department_and_change(org: Organisation) -> None:
    nora = created(await org.admin.post("/v1/people", json=NORA))
    created(await org.admin.post("/v1/people", json={"name": "Zoe", "department": "Sales", "manager": nora["id"]}))

    async def names(**params: Any) -> list[str]:
        return [person["name"] for person in ok(await org.viewer.get("/v1/people", params=params))["items"]]

    assert await names(q="nOwA") == ["Nora Nowak"]
    assert await names(email="NORA@example.com") == ["Nora Nowak"]
    assert await names(department="Sales") == ["Zoe"]
    assert await names(manager_id=nora["id"]) == ["Zoe"]
    assert (await names(sort="-updated_at", updated_since=nora["updated_at"]))[0] == "Zoe"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"emails": ["nobody"]}, "/emails/0"),
        ({"emails": [f"{n}@example.com" for n in range(11)]}, "/emails"),
        ({"manager": "somebody"}, "/manager"),
        ({"roles": ["admin"]}, "/roles"),
    ],
)
async def test_what_is_not_valid_is_named(org: Organisation, change: dict[str, Any], pointer: str) -> None:
    answer = await org.admin.post("/v1/people", json={**NORA, **change})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == pointer


async def test_who_may_read_and_who_may_change(org: Organisation, other_org: Organisation) -> None:
    nora = created(await org.admin.post("/v1/people", json=NORA))
    url = f"/v1/people/{nora['id']}"
    ok(await org.viewer.get(url))
    problem(await org.monitor.get("/v1/people"), 403, "forbidden")
    problem(await org.manager.post("/v1/people", json={"name": "X"}), 403, "forbidden")
    problem(await other_org.admin.get(url), 404, "not-found")
    problem(await other_org.admin.patch(url, json={}, headers={"If-Match": "*"}), 404, "not-found")


async def test_teams_are_formed_changed_and_dissolved(org: Organisation, other_org: Organisation) -> None:
    nora = created(await org.admin.post("/v1/people", json=NORA))
    zoe = created(await org.admin.post("/v1/people", json={"name": "Zoe"}))
    draft = {"title": "Platform", "people": ["nora@example.com", nora["id"]]}
    team = created(await org.admin.post("/v1/teams", json=draft))
    assert team["people"] == [{"id": nora["id"], "name": "Nora Nowak"}]
    url, change = f"/v1/teams/{team['id']}", {"people": [zoe["id"], nora["id"]]}
    changed = ok(await org.admin.patch(url, json=change, headers={"If-Match": "*"}))
    assert [person["name"] for person in changed["people"]] == ["Nora Nowak", "Zoe"]
    found = ok(await org.viewer.get("/v1/teams", params={"person": zoe["id"]}))["items"]
    assert [one["title"] for one in found] == ["Platform"]
    assert created(await org.admin.post("/v1/teams", json={"title": "Nobody yet"}))["people"] == []
    answer = await org.admin.post("/v1/teams", json={"title": "X", "people": ["who@example.com"]})
    assert problem(answer, 422, "unknown-person")["errors"][0]["pointer"] == "/people/0"
    assert ok(await org.admin.post(f"{url}/dissolutions", json={"reason": "Merged."}))["status"] == "dissolved"
    problem(await org.admin.patch(url, json={}, headers={"If-Match": "*"}), 409, "conflict")
    problem(await org.viewer.post("/v1/teams", json={"title": "X"}), 403, "forbidden")
    problem(await other_org.admin.get(url), 404, "not-found")
