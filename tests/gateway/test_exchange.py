"""Outside tokens of a customer's OpenID Connect provider, exchanged for ours."""

import asyncio
import base64
import hmac
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from deploy.local.stack import Stack
from tests.gateway.support import ALLOWED_HOST, Provider, exchanged, newcomer, part_of, refused
from tests.support import Organisation, created, ok, problem

NORA = newcomer("nora")


async def trusted(org: Organisation, provider: Provider, **keys: Any) -> dict[str, Any]:
    """The provider's trust in an organisation that has Nora as a member."""
    keys = keys or {"jwks": provider.jwks()}
    draft = {"issuer": provider.issuer, "audience": "attest", **keys}
    created(await org.admin.post("/v1/members", json=NORA))
    return created(await org.admin.post("/v1/issuers", json=draft))


async def test_a_member_acts_with_their_roles(org: Organisation, stack: Stack, provider: Provider) -> None:
    await trusted(org, provider, jwks_uri=provider.uri)
    answer = ok(await exchanged(stack.url, provider.vouch()))
    claims = part_of(answer["access_token"], 1)
    member = ok(await org.admin.get("/v1/members", params={"sort": "-created_at"}))["items"][0]
    assert claims["sub"] == f"member:{member['id']}"
    assert claims["org"] == org.id
    assert "controls:approve" in claims["scope"].split()
    assert "api-clients:write" not in claims["scope"].split()
    async with httpx.AsyncClient(base_url=stack.url) as client:
        ok(await client.get("/v1/controls", headers={"Authorization": f"Bearer {answer['access_token']}"}))


async def test_keys_are_fetched_once_and_again_for_an_unknown_one(
    org: Organisation, stack: Stack, provider: Provider
) -> None:
    await trusted(org, provider, jwks_uri=provider.uri)
    for _ in range(3):
        ok(await exchanged(stack.url, provider.vouch()))
    assert provider.asked == 1
    second = RSAKey.generate_key(2048, {"kid": "second"})
    provider.published.append(second)
    refused(await exchanged(stack.url, provider.vouch(second)), 400, "invalid_grant")
    assert provider.asked == 1, "not more often than every ten seconds, whatever strangers ask for"
    await asyncio.sleep(10.2)
    ok(await exchanged(stack.url, provider.vouch(second)))
    assert provider.asked == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"iss": "https://stranger.example"},
        {"email": "stranger@example.com"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"exp": 1},
        {"exp": None},
        {"exp": float("nan")},
        {"exp": "tomorrow"},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": 7},
        {"iss": None},
        {"iss": "\x00"},
        {"aud": None},
        {"email": ["nora@example.com"]},
    ],
    ids=str,
)
async def test_what_is_not_believed(org: Organisation, stack: Stack, provider: Provider, wrong: dict[str, Any]) -> None:
    await trusted(org, provider)
    ok(await exchanged(stack.url, provider.vouch()))
    refused(await exchanged(stack.url, provider.vouch(**wrong)), 400, "invalid_grant")


async def test_other_keys_and_algorithms_are_not_believed(org: Organisation, stack: Stack, provider: Provider) -> None:
    await trusted(org, provider)
    stranger = RSAKey.generate_key(2048, {"kid": "first"})
    claims = part_of(provider.vouch(), 1)
    # The classic confusion: the public key taken for the secret of an HMAC.
    confused = jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.generate_key(256)).rpartition(".")[0]
    mac = hmac.digest(provider.key.as_pem(private=False), confused.encode(), "sha256")
    for each in (
        provider.vouch(stranger),
        f"{confused}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}",
        "a.b.c",
        "é",
        "x" * 20_000,
    ):
        refused(await exchanged(stack.url, each), 400, "invalid_grant")


async def test_a_token_outlives_neither_assertion_nor_membership(
    org: Organisation, stack: Stack, provider: Provider
) -> None:
    await trusted(org, provider)
    short = ok(await exchanged(stack.url, provider.vouch(exp=int(time.time()) + 60)))
    assert 50 <= short["expires_in"] <= 60
    member = ok(await org.admin.get("/v1/members", params={"sort": "-created_at"}))["items"][0]
    url, end = f"/v1/members/{member['id']}", datetime.now(UTC) + timedelta(seconds=30)
    changed = await org.admin.patch(url, json={"ends_at": end.isoformat()}, headers={"If-Match": "*"})
    assert ok(changed)["roles"] == ["compliance-manager"]
    assert 20 <= ok(await exchanged(stack.url, provider.vouch()))["expires_in"] <= 30
    ended = {"ends_at": datetime.now(UTC).isoformat()}
    ok(await org.admin.patch(url, json=ended, headers={"If-Match": "*"}))
    refused(await exchanged(stack.url, provider.vouch()), 400, "invalid_grant")


async def test_a_removed_member_gets_no_token(org: Organisation, stack: Stack, provider: Provider) -> None:
    await trusted(org, provider)
    member = ok(await org.admin.get("/v1/members", params={"sort": "-created_at"}))["items"][0]
    ok(await org.admin.post(f"/v1/members/{member['id']}/removals", json={"reason": "Left the company."}))
    refused(await exchanged(stack.url, provider.vouch()), 400, "invalid_grant")


async def test_a_revoked_issuer_is_believed_no_more(org: Organisation, stack: Stack, provider: Provider) -> None:
    issuer = await trusted(org, provider)
    ok(await exchanged(stack.url, provider.vouch()))
    ok(await org.admin.post(f"/v1/issuers/{issuer['id']}/revocations", json={"reason": "Moved to another provider."}))
    refused(await exchanged(stack.url, provider.vouch()), 400, "invalid_grant")


async def test_a_member_tied_to_a_subject_is_nobody_else(org: Organisation, stack: Stack, provider: Provider) -> None:
    created(
        await org.admin.post(
            "/v1/issuers", json={"issuer": provider.issuer, "audience": "attest", "jwks": provider.jwks()}
        )
    )
    created(await org.admin.post("/v1/members", json={**NORA, "issuer": provider.issuer, "subject": "nora"}))
    ok(await exchanged(stack.url, provider.vouch(email=None)))
    refused(await exchanged(stack.url, provider.vouch(sub="who-got-her-address")), 400, "invalid_grant")


async def test_who_is_a_member_of_one_organisation_need_not_name_it(
    org: Organisation, other_org: Organisation, stack: Stack, provider: Provider
) -> None:
    """Another organisation that trusts the same issuer for the same audience locks nobody out."""
    await trusted(org, provider)
    draft = {"issuer": provider.issuer, "audience": "attest", "jwks": provider.jwks()}
    created(await other_org.admin.post("/v1/issuers", json=draft))
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]
    assert part_of(token, 1)["org"] == org.id
    refused(await exchanged(stack.url, provider.vouch(), organisation=other_org.id), 400, "invalid_grant")
    stranger = provider.vouch(sub="nobody", email="nobody@example.com")
    assert other_org.id not in (await exchanged(stack.url, stranger)).text


async def test_who_is_a_member_of_several_organisations_names_one(
    org: Organisation, other_org: Organisation, stack: Stack, provider: Provider
) -> None:
    await trusted(org, provider)
    await trusted(other_org, provider)
    answer = await exchanged(stack.url, provider.vouch())
    refused(answer, 400, "organisation_required")
    assert {choice["id"] for choice in answer.json()["organisations"]} == {org.id, other_org.id}
    for each in (org, other_org):
        token = ok(await exchanged(stack.url, provider.vouch(), organisation=each.id))["access_token"]
        assert part_of(token, 1)["org"] == each.id
    refused(await exchanged(stack.url, provider.vouch(), organisation="nonsense"), 400, "invalid_grant")


async def test_an_address_that_never_answers_slows_no_other_organisation_down(
    org: Organisation, other_org: Organisation, stack: Stack, provider: Provider
) -> None:
    await trusted(org, provider, jwks_uri=provider.uri)

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(4)
        writer.close()

    server = await asyncio.start_server(say_nothing, ALLOWED_HOST, 0)
    silent = f"http://{ALLOWED_HOST}:{server.sockets[0].getsockname()[1]}/keys"
    await trusted(other_org, provider, jwks_uri=silent)
    ok(await exchanged(stack.url, provider.vouch(), organisation=org.id))
    began = time.monotonic()
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]
    assert time.monotonic() - began < 1.5
    assert part_of(token, 1)["org"] == org.id
    server.close()


async def test_one_organisations_keys_vouch_for_no_other(
    org: Organisation, other_org: Organisation, stack: Stack, provider: Provider
) -> None:
    """Another organisation registers the same issuer with keys of its own and gets at itself only."""
    await trusted(org, provider)
    own = Provider()
    own.issuer = provider.issuer
    await trusted(other_org, own)
    refused(await exchanged(stack.url, own.vouch(), organisation=org.id), 400, "invalid_grant")
    ok(await exchanged(stack.url, own.vouch(), organisation=other_org.id))


async def test_a_scope_narrows_an_exchanged_token(org: Organisation, stack: Stack, provider: Provider) -> None:
    await trusted(org, provider)
    assert ok(await exchanged(stack.url, provider.vouch(), scope="controls:read"))["scope"] == "controls:read"
    refused(await exchanged(stack.url, provider.vouch(), scope="api-clients:write"), 400, "invalid_scope")


async def test_keys_inside_the_network_are_not_fetched(org: Organisation, stack: Stack, provider: Provider) -> None:
    """127.0.0.1 is where this installation's own parts listen; only 127.0.0.2 is allowed."""
    inside = provider.uri.replace("127.0.0.2", "127.0.0.1")
    await trusted(org, provider, jwks_uri=inside)
    answer = await exchanged(stack.url, provider.vouch())
    problem(answer, 503, "unavailable")
    assert "127.0.0.1" not in answer.text
    assert provider.asked == 0
