import asyncio
import base64

import httpx
import pytest

from deploy.local.stack import Stack
from tests.gateway.support import part_of, token_for
from tests.support import Organisation, created, eventually, ok, problem


async def published(stack: Stack) -> set[str]:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        return {key["kid"] for key in ok(await client.get("/.well-known/jwks.json"))["keys"]}


async def token_of(org: Organisation, stack: Stack) -> str:
    token: str = ok(await token_for(stack.url, **org.credentials))["access_token"]
    return token


async def use(stack: Stack, token: str, path: str = "/v1/controls") -> httpx.Response:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        return await client.get(path, headers={"Authorization": f"Bearer {token}"})


async def test_after_a_rotation_old_tokens_go_on_and_new_ones_work_at_once(
    org: Organisation, operator: httpx.AsyncClient, stack: Stack
) -> None:
    old = await token_of(org, stack)
    key = created(await operator.post("/v1/signing-keys"))
    assert "d" not in key["public_jwk"]
    new = await token_of(org, stack)
    assert part_of(new, 0)["kid"] == key["id"]
    assert {part_of(old, 0)["kid"], key["id"]} <= await published(stack)
    ok(await use(stack, old))
    ok(await use(stack, new))
    superseded = ok(await operator.get(f"/v1/signing-keys/{part_of(old, 0)['kid']}"))
    assert superseded["state"] == "superseded"
    assert superseded["published_until"]


async def test_a_withdrawn_keys_tokens_are_refused_everywhere(
    org: Organisation, operator: httpx.AsyncClient, stack: Stack
) -> None:
    doubtful = created(await operator.post("/v1/signing-keys"))
    stolen = await token_of(org, stack)
    ok(await use(stack, stolen))
    url = f"/v1/signing-keys/{doubtful['id']}/withdrawals"
    problem(await operator.post(url, json={"reason": "Leaked."}), 409, "still-signing")
    created(await operator.post("/v1/signing-keys"))
    withdrawn = ok(await operator.post(url, json={"reason": "Leaked."}))
    assert withdrawn["state"] == "withdrawn"
    assert doubtful["id"] not in await published(stack)
    problem(await operator.post(url, json={"reason": "Leaked."}), 409, "conflict")
    fresh = await token_of(org, stack)
    ok(await use(stack, fresh))

    async def refused() -> bool:
        """Both a service and the gateway itself refuse it, also where it was verified and remembered before."""
        answers = [await use(stack, stolen), await use(stack, stolen, "/v1/organisations")]
        return {each.status_code for each in answers} == {401}

    assert await eventually(refused, within=31, every=0.5)
    ok(await use(stack, fresh))


async def test_a_flood_of_unknown_keys_keeps_nobody_out(
    org: Organisation, operator: httpx.AsyncClient, stack: Stack
) -> None:
    """Invented key ids make a service fetch the keys at most once a second, and a new key is still accepted."""
    _, *rest = (await token_of(org, stack)).split(".")
    invented = [
        ".".join([base64.urlsafe_b64encode(b'{"alg":"Ed25519","kid":"%d"}' % n).decode().rstrip("="), *rest])
        for n in range(20)
    ]
    flood = [asyncio.create_task(use(stack, each)) for each in invented]
    created(await operator.post("/v1/signing-keys"))
    ok(await use(stack, await token_of(org, stack)))
    assert {each.status_code for each in await asyncio.gather(*flood)} == {401}


async def test_rotations_at_once_leave_one_key_that_signs(operator: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(operator.post("/v1/signing-keys") for _ in range(4)))
    assert len({created(each)["id"] for each in answers}) == 4
    signing = ok(await operator.get("/v1/signing-keys", params={"state": "signing"}))["items"]
    assert len(signing) == 1


async def test_only_operators_see_and_rotate_keys(org: Organisation) -> None:
    for client in (org.admin, *org.team.values()):
        problem(await client.get("/v1/signing-keys"), 403, "forbidden")
        problem(await client.post("/v1/signing-keys"), 403, "forbidden")


async def test_the_trail_tells_of_keys_without_them(operator: httpx.AsyncClient) -> None:
    key = created(await operator.post("/v1/signing-keys"))
    trail = ok(await operator.get("/v1/services/gateway/trail", params={"subject": key["id"]}))["items"]
    assert [each["type"] for each in trail] == ["gateway.signing_key.rotated"]
    assert "sealed" not in trail[0]["after"]
    assert "d" not in trail[0]["after"]["public_jwk"]


@pytest.mark.parametrize("reason", [None, "", " "])
async def test_a_withdrawal_has_a_reason(operator: httpx.AsyncClient, reason: str | None) -> None:
    key = ok(await operator.get("/v1/signing-keys", params={"state": "signing"}))["items"][0]
    problem(await operator.post(f"/v1/signing-keys/{key['id']}/withdrawals", json={"reason": reason}), 422, "invalid")
