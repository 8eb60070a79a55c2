"""A reader of Server-Sent Events, as a browser or a partner's client is one."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from deploy.client import ClientCredentials
from tests.support import ok

Message = dict[str, Any]


@asynccontextmanager
async def opened(
    client: httpx.AsyncClient, path: str = "/v1/events/stream", *, last: int | str | None = None, **query: Any
) -> AsyncIterator[AsyncIterator[Message]]:
    """A stream of messages: `id`, `event` if it is named, and `data`."""
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    if isinstance(client.auth, ClientCredentials):  # which reads every answer to its end, and a stream has none
        ok(await client.get("/v1/me"))
        headers["Authorization"] = f"Bearer {client.auth.token}"
    async with client.stream("GET", path, params=query, headers=headers, auth=None, timeout=30) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _messages(answer.aiter_lines())


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[Message]:
    message: Message = {}
    async for line in lines:
        name, colon, value = line.partition(": ")
        if not line and message:
            yield message
            message = {}
        elif colon and name == "data":
            message[name] = json.loads(value)
        elif colon and name:
            message[name] = int(value) if name == "id" else value


async def until(messages: AsyncIterator[Message], check: Callable[[Message], bool]) -> list[Message]:
    """The messages with data up to the first that is so."""
    read = []
    async for message in messages:
        if "data" in message:
            read.append(message)
            if check(message):
                return read
    raise AssertionError(f"the stream ended; it had told {read}")


def says(type_: str, subject: str | None = None) -> Callable[[Message], bool]:
    """Whether a message is an event of this type, about this thing."""
    return lambda message: message["data"].get("type") == type_ and subject in {None, message["data"]["subject"]}
