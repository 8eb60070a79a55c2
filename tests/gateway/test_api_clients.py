import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from deploy.local.stack import Stack
from tests.gateway.support import part_of, refused, token_for
from tests.support import Organisation, created, ok, problem

CLIENT = {"title": "Evidence collector", "roles": ["control-owner"]}


async def test_a_client_gets_a_token_with_its_roles(org: Organisation, stack: Stack) -> None:
    response = await org.admin.post("/v1/api-clients", json=CLIENT)
    client = created(response)
    assert response.headers["location"] == f"/v1/api-clients/{client['id']}"
    assert client["client_secret"].startswith("attest_")
    token = ok(await token_for(stack.url, client["id"], client["client_secret"]))
    assert "evidence:submit" in token["scope"].split()
    assert "controls:approve" not in token["scope"].split()
    assert part_of(token["access_token"], 1)["sub"] == f"client:{client['id']}"


async def test_the_secret_is_shown_once(org: Organisation) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    for path in ("", f"/{client['id']}", f"/{client['id']}/secrets"):
        answer = await org.admin.get(f"/v1/api-clients{path}", params={"limit": 200} if not path else {})
        assert answer.status_code == 200
        assert client["client_secret"] not in answer.text
        assert "digest" not in answer.text


async def test_several_secrets_live_at_once_and_each_is_revoked_alone(org: Organisation, stack: Stack) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    url = f"/v1/api-clients/{client['id']}/secrets"
    second = created(await org.admin.post(url, json={}))
    first = next(each for each in ok(await org.admin.get(url))["items"] if each["id"] != second["id"])
    for secret in (client["client_secret"], second["client_secret"]):
        ok(await token_for(stack.url, client["id"], secret))
    ok(await org.admin.post(f"{url}/{first['id']}/revocations"))
    refused(await token_for(stack.url, client["id"], client["client_secret"]), 401, "invalid_client")
    ok(await token_for(stack.url, client["id"], second["client_secret"]))
    secrets = ok(await org.admin.get(url, params={"sort": "-updated_at"}))["items"]
    revoked = secrets[0]
    assert revoked["revoked_at"] == revoked["updated_at"]
    assert ok(await org.admin.get(url, params={"updated_since": revoked["updated_at"]}))["items"] == [revoked]
    problem(await org.admin.post(f"{url}/{first['id']}/revocations"), 409, "conflict")
    problem(await org.admin.post(f"{url}/{uuid.uuid4()}/revocations"), 404, "not-found")


async def test_no_more_than_five_live_secrets_even_at_once(org: Organisation) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    url = f"/v1/api-clients/{client['id']}/secrets"
    answers = await asyncio.gather(*(org.admin.post(url, json={}) for _ in range(7)))
    assert sorted(each.status_code for each in answers) == [201] * 4 + [409] * 3
    problem(next(each for each in answers if each.status_code == 409), 409, "too-many-secrets")


async def test_a_secret_expires(org: Organisation, stack: Stack) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    url = f"/v1/api-clients/{client['id']}/secrets"
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    short = created(await org.admin.post(url, json={"expires_at": soon.isoformat()}))
    ok(await token_for(stack.url, client["id"], short["client_secret"]))
    await asyncio.sleep((soon - datetime.now(UTC)).total_seconds() + 0.1)
    refused(await token_for(stack.url, client["id"], short["client_secret"]), 401, "invalid_client")
    past = await org.admin.post(url, json={"expires_at": "2001-01-01T00:00:00Z"})
    assert problem(past, 422, "already-past")["errors"][0]["pointer"] == "/expires_at"


async def test_when_a_secret_was_used_is_told(org: Organisation, stack: Stack) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    url = f"/v1/api-clients/{client['id']}/secrets"
    assert ok(await org.admin.get(url))["items"][0]["last_used_at"] is None
    ok(await token_for(stack.url, client["id"], client["client_secret"]))
    first = ok(await org.admin.get(url))["items"][0]["last_used_at"]
    assert first
    ok(await token_for(stack.url, client["id"], client["client_secret"]))
    assert ok(await org.admin.get(url))["items"][0]["last_used_at"] == first, "a busy client does not write each time"


async def test_a_revoked_client_gets_no_token(org: Organisation, stack: Stack) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    url = f"/v1/api-clients/{client['id']}"
    revoked = ok(await org.admin.post(f"{url}/revocations", json={"reason": "The laptop was stolen."}))
    assert revoked["status"] == "revoked"
    refused(await token_for(stack.url, client["id"], client["client_secret"]), 401, "invalid_client")
    problem(await org.admin.post(f"{url}/revocations", json={"reason": "Again"}), 409, "conflict")
    problem(await org.admin.post(f"{url}/secrets", json={}), 409, "conflict")
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"type": "gateway.api_client.revoked"}))
    assert trail["items"][0]["reason"] == "The laptop was stolen."
    listed = ok(await org.admin.get("/v1/api-clients", params={"status": "revoked"}))
    assert [each["id"] for each in listed["items"]] == [client["id"]]


@pytest.mark.parametrize("roles", [["operator"], ["admin", "operator"], [], ["king"]], ids="+".join)
async def test_roles_that_nobody_may_have(org: Organisation, roles: list[str]) -> None:
    answer = await org.admin.post("/v1/api-clients", json={"title": "x", "roles": roles})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"].startswith("/roles")


async def test_the_same_key_registers_one_client(org: Organisation) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = created(await org.admin.post("/v1/api-clients", json=CLIENT, headers=headers))
    second = created(await org.admin.post("/v1/api-clients", json=CLIENT, headers=headers))
    assert first == second, "also the secret, for whoever lost the first answer"


async def test_the_list_goes_on_where_the_page_ended(org: Organisation) -> None:
    titles = ["First administrator", *(f"Client {number}" for number in range(7))]
    for title in titles[1:]:
        created(await org.admin.post("/v1/api-clients", json=CLIENT | {"title": title}))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(await org.admin.get("/v1/api-clients", params={"limit": "3", "sort": "title", **cursor}))
        seen += [each["title"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(titles)


@pytest.mark.parametrize("name", ["manager", "owner", "reviewer", "risk", "viewer"])
async def test_only_admins_register_and_read_clients(org: Organisation, name: str) -> None:
    problem(await org.team[name].post("/v1/api-clients", json=CLIENT), 403, "forbidden")
    problem(await org.team[name].get("/v1/api-clients"), 403, "forbidden")


async def test_clients_of_another_organisation_are_not_there(org: Organisation, other_org: Organisation) -> None:
    client = created(await org.admin.post("/v1/api-clients", json=CLIENT))
    url = f"/v1/api-clients/{client['id']}"
    problem(await other_org.admin.get(url), 404, "not-found")
    problem(await other_org.admin.post(f"{url}/secrets", json={}), 404, "not-found")
    problem(await other_org.admin.post(f"{url}/revocations", json={"reason": "x"}), 404, "not-found")
    problem(await other_org.admin.get(f"{url}/secrets"), 404, "not-found")
    assert client["id"] not in (await other_org.admin.get("/v1/api-clients", params={"limit": 200})).text
