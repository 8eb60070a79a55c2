"""Who am I, in which organisation, with which permissions."""

import httpx

from deploy.local.stack import Stack
from tests.gateway.support import Provider, exchanged, newcomer, token_for
from tests.support import Organisation, created, ok, problem


async def test_a_client_learns_who_it_is(org: Organisation, stack: Stack) -> None:
    token = ok(await token_for(stack.url, **org.credentials, scope="controls:read"))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as client:
        me = ok(await client.get("/v1/me"))
    assert me["kind"] == "client"
    assert me["id"] == org.credentials["client_id"]
    assert me["title"] == "First administrator"
    assert me["person"]["name"] == "Ada Admin"
    assert me["organisation"]["id"] == org.id
    assert me["roles"] == ["admin"]
    assert me["permissions"] == ["controls:read"]


async def test_a_member_learns_who_they_are(org: Organisation, stack: Stack, provider: Provider) -> None:
    created(
        await org.admin.post(
            "/v1/issuers", json={"issuer": provider.issuer, "audience": "attest", "jwks": provider.jwks()}
        )
    )
    member = created(await org.admin.post("/v1/members", json=newcomer("nora", "viewer")))
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as client:
        me = ok(await client.get("/v1/me"))
    assert me["kind"] == "member"
    assert me["id"] == member["id"]
    assert me["person"] == member["person"]
    assert me["person"]["name"] == "Nora"
    assert me["organisation"]["id"] == org.id
    assert "controls:read" in me["permissions"]
    assert "controls:write" not in me["permissions"]


async def test_every_role_may_ask_and_nobody_without_a_token(
    org: Organisation, operator: httpx.AsyncClient, stack: Stack
) -> None:
    assert ok(await org.monitor.get("/v1/me"))["permissions"] == [
        "indicator-values:push",
        "result-files:push",
        "test-results:push",
    ]
    assert ok(await operator.get("/v1/me"))["roles"] == ["operator"]
    async with httpx.AsyncClient(base_url=stack.url) as nobody:
        problem(await nobody.get("/v1/me"), 401, "unauthenticated")
