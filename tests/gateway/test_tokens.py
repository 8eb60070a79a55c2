"""The token endpoint as RFC 6749 has it, and where its keys are."""

import asyncio
import base64
import time
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.local.stack import Stack
from tests.gateway.support import CLIENT_CREDENTIALS, part_of, refused, token_for
from tests.support import Organisation, ok, problem


@pytest.fixture
async def anyone(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


async def test_a_token_says_who_where_and_what(org: Organisation, stack: Stack) -> None:
    response = await token_for(stack.url, **org.credentials)
    answer = ok(response)
    assert response.headers["cache-control"] == "no-store"
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 300
    claims = part_of(answer["access_token"], 1)
    assert claims["iss"] == stack.url
    assert claims["aud"] == "attest"
    assert claims["org"] == org.id
    assert claims["sub"] == f"client:{org.credentials['client_id']}"
    assert claims["exp"] - claims["iat"] == 300
    assert claims["scope"] == answer["scope"]
    assert uuid.UUID(claims["jti"])
    assert part_of(answer["access_token"], 0)["alg"] == "Ed25519"


async def test_basic_and_form_are_the_same_client(org: Organisation, anyone: httpx.AsyncClient) -> None:
    name, secret = org.credentials.values()
    answer = await anyone.post("/v1/oauth/token", data={"grant_type": CLIENT_CREDENTIALS}, headers=basic(name, secret))
    assert ok(answer)["access_token"]
    both = {"grant_type": CLIENT_CREDENTIALS, "client_id": name, "client_secret": secret}
    refused(await anyone.post("/v1/oauth/token", data=both, headers=basic(name, secret)), 400, "invalid_request")


async def test_a_scope_narrows_the_token(org: Organisation, stack: Stack) -> None:
    narrow = ok(await token_for(stack.url, **org.credentials, scope="controls:read api-clients:read"))
    assert set(narrow["scope"].split()) == {"controls:read", "api-clients:read"}
    headers = {"Authorization": f"Bearer {narrow['access_token']}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers) as client:
        ok(await client.get("/v1/controls"))
        problem(await client.post("/v1/api-clients", json={"title": "x", "roles": ["viewer"]}), 403, "forbidden")


@pytest.mark.parametrize("scope", ["organisations:found", "signing-keys:rotate", "exceptions:evaluate", "no:such", " "])
async def test_a_scope_never_widens_it(org: Organisation, stack: Stack, scope: str) -> None:
    refused(await token_for(stack.url, **org.credentials, scope=scope), 400, "invalid_scope")


async def test_who_is_refused_learns_nothing(org: Organisation, stack: Stack) -> None:
    """An unknown client, a wrong secret and a malformed id get one answer, after the same time."""
    secret = org.credentials["client_secret"]
    answers, times = [], []
    for name, presented in [
        (org.credentials["client_id"], secret[:-1]),
        (org.credentials["client_id"], ""),
        (str(uuid.uuid4()), secret),
        ("not-a-client", secret),
        ("\x00", secret),
    ]:
        began = time.monotonic()
        answer = await token_for(stack.url, name, presented or "x")
        times.append(time.monotonic() - began)
        refused(answer, 401, "invalid_client")
        answers.append(answer.json())
    assert all(each == answers[0] for each in answers)
    assert min(times) >= 0.25


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type=", "invalid_request"),
        (b"grant_type=password&username=a&password=b", "unsupported_grant_type"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (b"grant_type=client_credentials&x=%ff", "invalid_request"),
        (b"\xff\xfe", "invalid_request"),
        (b"&".join(b"a%d=1" % n for n in range(30)), "invalid_request"),
    ],
)
async def test_what_cannot_be_read_is_refused(anyone: httpx.AsyncClient, body: bytes, error: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(await anyone.post("/v1/oauth/token", content=body, headers=headers), 400, error)


async def test_the_client_must_name_itself(anyone: httpx.AsyncClient) -> None:
    missing = await anyone.post("/v1/oauth/token", data={"grant_type": CLIENT_CREDENTIALS})
    refused(missing, 401, "invalid_client")
    assert missing.headers["www-authenticate"].startswith("Basic")
    for header in ("Basic !!!", "Basic " + base64.b64encode(b"no-colon").decode()):
        answer = await anyone.post(
            "/v1/oauth/token", data={"grant_type": CLIENT_CREDENTIALS}, headers={"Authorization": header}
        )
        refused(answer, 401, "invalid_client")
    json_body = await anyone.post("/v1/oauth/token", json={"grant_type": CLIENT_CREDENTIALS})
    refused(json_body, 400, "invalid_request")


async def test_a_token_of_another_key_or_none_is_worth_nothing(org: Organisation, stack: Stack) -> None:
    token = ok(await token_for(stack.url, **org.credentials))["access_token"]
    header, claims = part_of(token, 0), part_of(token, 1)
    own = OKPKey.generate_key("Ed25519", {"kid": header["kid"]})
    forged = jwt.encode(header, claims, own, algorithms=["Ed25519"])
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=") + "." + token.split(".")[1] + "."
    async with httpx.AsyncClient(base_url=stack.url) as client:
        for each in (forged, unsigned, token[:-4] + "AAAA", "x"):
            answer = await client.get("/v1/controls", headers={"Authorization": f"Bearer {each}"})
            problem(answer, 401, "unauthenticated")


async def test_where_everything_is(stack: Stack, anyone: httpx.AsyncClient) -> None:
    metadata = ok(await anyone.get("/.well-known/oauth-authorization-server"))
    assert metadata["issuer"] == stack.url
    keys = await anyone.get(metadata["jwks_uri"])
    assert "max-age=" in keys.headers["cache-control"]
    assert ok(keys)["keys"]
    for key in ok(keys)["keys"]:
        assert key["kty"] == "OKP"
        assert key["alg"] == "Ed25519"
        assert "d" not in key
    named = {"grant_type": CLIENT_CREDENTIALS, "client_id": "x", "client_secret": "y"}
    assert (await anyone.post(metadata["token_endpoint"], data=named)).status_code == 401


async def test_many_tokens_at_once(org: Organisation, stack: Stack) -> None:
    answers = await asyncio.gather(*(token_for(stack.url, **org.credentials) for _ in range(20)))
    assert len({ok(each)["access_token"] for each in answers}) == 20
