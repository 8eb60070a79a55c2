import uuid
from typing import Any

import pytest
from joserfc.jwk import OctKey, OKPKey, RSAKey

from deploy.local.stack import Stack
from tests.gateway.support import Provider
from tests.support import Organisation, created, ok, problem

DRAFT = {"issuer": "https://login.example.com", "audience": "attest", "jwks_uri": "https://login.example.com/keys"}


# A modulus of 1,024 bits.
SHORT = "_" * 170 + "w"


def jwks(*keys: Any) -> dict[str, Any]:
    return {"issuer": DRAFT["issuer"], "audience": "attest", "jwks": {"keys": list(keys)}}


async def test_an_issuer_is_trusted_once_and_revoked_for_good(org: Organisation) -> None:
    response = await org.admin.post("/v1/issuers", json=DRAFT)
    issuer = created(response)
    url = response.headers["location"]
    assert issuer["status"] == "trusted"
    assert ok(await org.admin.get(url)) == issuer
    problem(await org.admin.post("/v1/issuers", json=DRAFT), 409, "issuer-trusted-already")
    revoked = ok(await org.admin.post(f"{url}/revocations", json={"reason": "No longer ours."}))
    assert revoked["status"] == "revoked"
    problem(await org.admin.post(f"{url}/revocations", json={"reason": "Again."}), 409, "conflict")
    created(await org.admin.post("/v1/issuers", json=DRAFT))
    assert len(ok(await org.admin.get("/v1/issuers", params={"status": "trusted"}))["items"]) == 1


async def test_keys_are_kept_without_what_verifies_nothing(org: Organisation) -> None:
    key = RSAKey.generate_key(2048, {"kid": "k"}).as_dict(private=False)
    issuer = created(await org.admin.post("/v1/issuers", json=jwks({**key, "x5c": ["MII…\u0000"]})))
    assert issuer["jwks"]["keys"] == [key]


@pytest.mark.parametrize(
    "draft",
    [
        {**DRAFT, "issuer": "login.example.com"},
        {**DRAFT, "issuer": "https://user:pass@login.example.com"},
        {**DRAFT, "issuer": "https://login.example.com/?a=b"},
        {**DRAFT, "jwks_uri": "file:///etc/passwd"},
        {**DRAFT, "jwks_uri": "https://login.example.com:99999/keys"},
        {**DRAFT, "jwks_uri": "https://[::1/keys"},
        {**DRAFT, "jwks_uri": None},
        {**DRAFT, "jwks": {"keys": [OKPKey.generate_key("Ed25519").as_dict(private=False)]}},
        {**DRAFT, "audience": "\x00"},
        jwks(),
        jwks(OKPKey.generate_key("Ed25519").as_dict(private=True)),
        jwks(OctKey.generate_key(256).as_dict(private=True)),
        jwks({"kty": "RSA", "n": SHORT, "e": "AQAB"}),
        jwks({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}),
        jwks({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
        jwks({"kty": "RSA"}),
    ],
)
async def test_what_cannot_be_trusted(org: Organisation, draft: dict[str, Any]) -> None:
    answer = await org.admin.post("/v1/issuers", json=draft)
    found = problem(answer, 422, "invalid")
    assert found["errors"]
    assert '"d"' not in answer.text


async def test_attest_does_not_exchange_its_own_tokens(org: Organisation, stack: Stack) -> None:
    answer = await org.admin.post("/v1/issuers", json={**DRAFT, "issuer": stack.url})
    assert problem(answer, 422, "address-refused")["errors"][0]["pointer"] == "/issuer"


@pytest.mark.parametrize("name", ["manager", "owner", "reviewer", "risk", "viewer"])
async def test_only_admins_say_whom_to_trust(org: Organisation, name: str) -> None:
    problem(await org.team[name].post("/v1/issuers", json=DRAFT), 403, "forbidden")
    problem(await org.team[name].get("/v1/issuers"), 403, "forbidden")


async def test_issuers_of_another_organisation_are_not_there(
    org: Organisation, other_org: Organisation, provider: Provider
) -> None:
    draft = {"issuer": provider.issuer, "audience": "attest", "jwks_uri": provider.uri}
    issuer = created(await org.admin.post("/v1/issuers", json=draft))
    url = f"/v1/issuers/{issuer['id']}"
    problem(await other_org.admin.get(url), 404, "not-found")
    problem(await other_org.admin.post(f"{url}/revocations", json={"reason": "x"}), 404, "not-found")
    assert ok(await other_org.admin.get("/v1/issuers"))["items"] == []
    created(await other_org.admin.post("/v1/issuers", json=draft))


async def test_the_same_key_trusts_once(org: Organisation) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = created(await org.admin.post("/v1/issuers", json=DRAFT, headers=headers))
    assert created(await org.admin.post("/v1/issuers", json=DRAFT, headers=headers)) == first
