"""An OpenID Connect provider of a customer's, and what tests of tokens say often."""

import asyncio
import base64
import json
import time
import uuid
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

# Loopback, but not the address of our own parts: the one that the tests' installation allows (tests/conftest.py).
ALLOWED_HOST = "127.0.0.2"


def part_of(token: str, index: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a token, unverified."""
    text = token.split(".")[index]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


async def token_for(url: str, client_id: str, client_secret: str, **fields: str) -> httpx.Response:
    """What the token endpoint answers a program."""
    form = {"grant_type": CLIENT_CREDENTIALS, "client_id": client_id, "client_secret": client_secret, **fields}
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        return await client.post("/v1/oauth/token", data=form)


async def exchanged(url: str, assertion: str, **fields: str) -> httpx.Response:
    """What the token endpoint answers a person with an outside token."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        form = {"grant_type": JWT_BEARER, "assertion": assertion, **fields}
        return await client.post("/v1/oauth/token", data=form)


def refused(response: httpx.Response, status: int, error: str) -> None:
    """The token endpoint's refusal, in RFC 6749's form and kept by nobody."""
    assert response.status_code == status, response.text
    assert response.json()["error"] == error
    assert response.json()["error_description"]
    assert response.headers["cache-control"] == "no-store"


def newcomer(name: str, *roles: str, **more: Any) -> dict[str, Any]:
    """A draft of a member who is not in the directory yet."""
    person = {"name": name.title(), "emails": [f"{name}@example.com"]}
    return {"new_person": person, "roles": roles or ["compliance-manager"], **more}


class Provider:
    """A provider with a key, and a server that publishes it."""

    def __init__(self) -> None:
        self.issuer = f"https://{uuid.uuid4()}.example"
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.published = [self.key]
        self.asked = 0
        self.uri = ""
        self._server: asyncio.Server | None = None

    async def start(self) -> "Provider":
        self._server = await asyncio.start_server(self._answer, ALLOWED_HOST, 0)
        self.uri = f"http://{ALLOWED_HOST}:{self._server.sockets[0].getsockname()[1]}/keys"
        return self

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK Set."""
        return dict(KeySet([*self.published]).as_dict(private=False))

    def vouch(self, key: RSAKey | None = None, **claims: Any) -> str:
        """A token for nora@example.com; `claims` replace or, when None, leave out."""
        key = key or self.key
        at = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": "attest",
            "sub": "nora",
            "email": "nora@example.com",
            "email_verified": True,
            "iat": at,
            "exp": at + 600,
            **claims,
        }
        header = {"alg": "RS256", "kid": key.kid}
        return jwt.encode(header, {name: value for name, value in said.items() if value is not None}, key)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        body = json.dumps(self.jwks()).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()
