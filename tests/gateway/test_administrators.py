"""An organisation always has an administrator who can sign in, and the operator can appoint one."""

import asyncio
import json
import os
import sys
from typing import Any

import httpx

from deploy.local.stack import Stack
from tests.gateway.support import Provider, exchanged, newcomer, token_for
from tests.support import Organisation, created, ok, problem

NORA = newcomer("nora", "admin")
REASON = {"reason": "Not needed any more."}


async def trusted(org: Organisation, provider: Provider) -> dict[str, Any]:
    draft = {"issuer": provider.issuer, "audience": "attest", "jwks": provider.jwks()}
    return created(await org.admin.post("/v1/issuers", json=draft))


async def test_the_last_client_of_an_administrator_is_not_revoked(org: Organisation) -> None:
    own = f"/v1/api-clients/{org.credentials['client_id']}"
    problem(await org.admin.post(f"{own}/revocations", json=REASON), 409, "last-administrator")
    secret = ok(await org.admin.get(f"{own}/secrets"))["items"][0]
    problem(await org.admin.post(f"{own}/secrets/{secret['id']}/revocations"), 409, "last-administrator")
    # Members who are administrators cannot sign in: the organisation trusts no issuer.
    created(await org.admin.post("/v1/members", json=NORA))
    problem(await org.admin.post(f"{own}/revocations", json=REASON), 409, "last-administrator")
    created(await org.admin.post("/v1/api-clients", json={"title": "Second", "roles": ["admin"]}))
    ok(await org.admin.post(f"{own}/revocations", json=REASON))


async def test_the_last_member_who_is_an_administrator_stays_one(
    org: Organisation, stack: Stack, provider: Provider
) -> None:
    await trusted(org, provider)
    nora = created(await org.admin.post("/v1/members", json=NORA))
    zoe = created(await org.admin.post("/v1/members", json=newcomer("zoe", "admin")))
    founder = ok(await org.admin.get("/v1/members", params={"role": "admin"}))["items"][0]
    ok(await org.admin.post(f"/v1/members/{founder['id']}/removals", json=REASON))
    ok(await org.admin.post(f"/v1/api-clients/{org.credentials['client_id']}/revocations", json=REASON))
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30) as noras:
        ok(await noras.post(f"/v1/members/{zoe['id']}/removals", json=REASON))
        own = f"/v1/members/{nora['id']}"
        problem(await noras.post(f"{own}/removals", json=REASON), 409, "last-administrator")
        person = f"/v1/people/{nora['person']['id']}"
        problem(await noras.post(f"{person}/departures", json=REASON), 409, "last-administrator")
        problem(await noras.patch(own, json={"roles": ["viewer"]}), 409, "last-administrator")
        problem(await noras.patch(own, json={"ends_at": "2199-01-01T00:00:00Z"}), 409, "last-administrator")


async def test_the_operator_appoints_an_administrator_where_there_is_none(
    org: Organisation, stack: Stack, provider: Provider
) -> None:
    """The identity provider went, and with it everyone who could have said so."""
    issuer = await trusted(org, provider)
    created(await org.admin.post("/v1/members", json=NORA))
    ok(await org.admin.post(f"/v1/api-clients/{org.credentials['client_id']}/revocations", json=REASON))
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as noras:
        ok(await noras.post(f"/v1/issuers/{issuer['id']}/revocations", json=REASON))
    answer = await appoint(stack, org.id, "The identity provider was shut down.")
    credentials = json.loads(answer)
    token = ok(await token_for(stack.url, **credentials))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as appointed:
        me = ok(await appointed.get("/v1/me"))
        trail = ok(await appointed.get("/v1/services/gateway/trail", params={"subject": credentials["client_id"]}))[
            "items"
        ]
    assert me["person"]["name"] == "Petra Prokop"
    assert trail[0]["type"] == "gateway.api_client.registered"
    assert trail[0]["reason"] == "The identity provider was shut down."


async def test_nobody_is_appointed_in_an_organisation_that_is_not_there(stack: Stack) -> None:
    assert "no organisation" in await appoint(stack, "0199aaaa-0000-7000-8000-000000000000", "A slip.", succeeds=False)


async def appoint(stack: Stack, organisation: str, reason: str, *, succeeds: bool = True) -> str:
    """What the operator's command prints."""
    person = ["--email", "Petra@example.com", "--name", "Petra Prokop"]
    command = [sys.executable, "-m", "services.gateway.appoint", organisation, *person, "--reason", reason]
    environment = {**os.environ, **stack.environment("gateway")}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    assert (process.returncode == 0) == succeeds, err.decode()
    return (out if succeeds else err).decode()
