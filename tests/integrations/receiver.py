"""A receiver of webhooks: a small real server, which verifies what it is sent with code of its own.

It knows of Standard Webhooks 1.0 what the specification says, and nothing of how Attest signs.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALLOWED_HOST = "127.0.0.2"
_TOLERANCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Received:
    """One request, as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def is_test(self) -> bool:
        return bool(self.event["type"] == "attest.webhook.test")

    def is_signed_with(self, key: str, *, now: float | None = None) -> bool:
        """Whether one of its signatures is by this key, as Standard Webhooks has it: `whsec_…` or `whpk_…`."""
        timestamp = self.headers["webhook-timestamp"]
        if abs((now or time.time()) - int(timestamp)) > _TOLERANCE_SECONDS:
            return False
        content = b".".join((self.id.encode(), timestamp.encode(), self.body))
        return any(_verifies(key, each, content) for each in self.headers["webhook-signature"].split(" "))


def _verifies(key: str, signature: str, content: bytes) -> bool:
    prefix, _, encoded = key.partition("_")
    version, _, given = signature.partition(",")
    raw = base64.b64decode(encoded)
    if (prefix, version) == ("whsec", "v1"):
        return hmac.compare_digest(hmac.digest(raw, content, hashlib.sha256), base64.b64decode(given))
    if (prefix, version) != ("whpk", "v1a"):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(given), content)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers, and after how many seconds; without a status it closes the connection instead."""

    status: int | None = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: float = 0.0


Answering = Callable[[Received], Reply]


@dataclass(slots=True)
class Receiver:
    """What it has received, and what it answers: `answering` may look at the request."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answering: Answering = lambda _received: Reply()

    def url(self, path: str = "/hook") -> str:
        return f"http://{ALLOWED_HOST}:{self.port}{path}"

    def events(self, path: str | None = "/hook") -> list[Received]:
        """What came there that is no test; anywhere for None."""
        return [each for each in self.received if path in {None, each.path} and not each.is_test]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            received = await _read(reader)
            self.received.append(received)
            reply = self.answering(received)
            await asyncio.sleep(reply.after)
            if reply.status is not None:
                lines = [f"HTTP/1.1 {reply.status} X", f"Content-Length: {len(reply.body)}", "Connection: close"]
                lines += [f"{name}: {value}" for name, value in reply.headers.items()]
                writer.write("\r\n".join([*lines, "", ""]).encode() + reply.body)
                await writer.drain()
        writer.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(head.split(" ")[1], headers, body, time.time())


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver at an address that the tests' installation allows."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, ALLOWED_HOST)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
