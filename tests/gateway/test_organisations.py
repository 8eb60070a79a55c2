import asyncio
import uuid

import httpx

from deploy.local.stack import Stack
from tests.gateway.support import token_for
from tests.support import Organisation, created, eventually, ok, problem

DRAFT = {"title": "Example", "administrator": {"name": "Ada Admin", "email": "Ada@Example.com"}}


async def test_an_operator_founds_an_organisation_whose_admin_can_act(
    stack: Stack, operator: httpx.AsyncClient
) -> None:
    response = await operator.post("/v1/organisations", json={**DRAFT, "title": "Example Cloud"})
    founded = created(response)
    assert founded["organisation"]["title"] == "Example Cloud"
    assert founded["administrator"]["name"] == "Ada Admin"
    assert response.headers["location"] == f"/v1/organisations/{founded['organisation']['id']}"
    assert response.headers["etag"] == '"1"'
    token = ok(await token_for(stack.url, **founded["admin"]))["access_token"]
    own = await operator.get("/v1/organisations", headers={"Authorization": f"Bearer {token}"}, auth=None)
    assert [each["id"] for each in ok(own)["items"]] == [founded["organisation"]["id"]]


async def test_the_trail_of_a_new_organisation_begins_with_its_founding(org: Organisation) -> None:
    trail = ok(await org.admin.get("/v1/services/gateway/trail"))["items"]
    assert [each["type"] for each in trail[:5]] == [
        "gateway.organisation.founded",
        "gateway.person.added",
        "gateway.member.added",
        "gateway.api_client.registered",
        "gateway.api_client.secret_issued",
    ]

    async def sealed() -> bool:
        """The chain of the new organisation is sealed and holds."""
        found = ok(await org.admin.get("/v1/services/gateway/trail/verification"))
        return bool(found["status"] != "broken" and found["sealed"] >= len(trail) and not found["unsealed"])

    assert await eventually(sealed)


async def test_founding_again_with_the_same_key_gives_the_first_answer(operator: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = [
        created(await operator.post("/v1/organisations", json={**DRAFT, "title": "Once"}, headers=headers))
        for _ in range(2)
    ]
    assert first == second


async def test_only_operators_found_and_they_see_no_rows_of_others(
    org: Organisation, operator: httpx.AsyncClient
) -> None:
    problem(await org.admin.post("/v1/organisations", json={**DRAFT, "title": "Mine too"}), 403, "forbidden")
    problem(await operator.get("/v1/api-clients"), 403, "forbidden")
    trail = ok(await operator.get("/v1/services/gateway/trail", params={"limit": 200, "sort": "-id"}))["items"]
    assert org.id not in {each["subject"] for each in trail}


async def test_an_admin_renames_it(org: Organisation) -> None:
    url = f"/v1/organisations/{org.id}"
    problem(await org.admin.patch(url, json={"title": "New"}), 428, "precondition-required")
    renamed = await org.admin.patch(url, json={"title": "New"}, headers={"If-Match": '"1"'})
    assert ok(renamed)["title"] == "New"
    assert renamed.headers["etag"] == '"2"'
    problem(await org.admin.patch(url, json={"title": "Newer"}, headers={"If-Match": '"1"'}), 412, "stale")
    unchanged = await org.viewer.get(url, headers={"If-None-Match": '"2"'})
    assert unchanged.status_code == 304
    problem(await org.viewer.patch(url, json={"title": "x"}, headers={"If-Match": '"2"'}), 403, "forbidden")
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"type": "gateway.organisation.renamed"}))
    assert trail["items"][0]["after"] == {"title": "New"}


async def test_two_renames_at_once_do_not_overwrite_each_other(org: Organisation) -> None:
    answers = await asyncio.gather(
        *(
            org.admin.patch(f"/v1/organisations/{org.id}", json={"title": title}, headers={"If-Match": '"1"'})
            for title in ("A", "B", "C")
        )
    )
    assert sorted(each.status_code for each in answers) == [200, 412, 412]


async def test_a_title_is_needed(operator: httpx.AsyncClient) -> None:
    found = problem(await operator.post("/v1/organisations", json={**DRAFT, "title": " "}), 422, "invalid")
    assert found["errors"][0]["pointer"] == "/title"


async def test_another_organisation_is_not_there(org: Organisation, other_org: Organisation) -> None:
    url = f"/v1/organisations/{org.id}"
    problem(await other_org.admin.get(url), 404, "not-found")
    change = await other_org.admin.patch(url, json={"title": "Taken"}, headers={"If-Match": "*"})
    problem(change, 404, "not-found")
    assert org.id not in (await other_org.admin.get("/v1/organisations")).text
