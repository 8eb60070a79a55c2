"""Another process of the evidence service beside the stack's, with settings of its own: a second replica, in fact."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from deploy.client import eventually
from deploy.local.command import Command, end, spawn
from deploy.local.ports import find_free
from deploy.local.probe import http
from deploy.local.stack import Stack


@asynccontextmanager
async def another(stack: Stack, settings: Mapping[str, str]) -> AsyncIterator[str]:
    """Start it, say where it answers, and end it. It answers HTTP and nothing else: no relay, no clock."""
    port = find_free()
    original = stack.processes["evidence"].part.command
    replaced = {str(stack.ports.internal["evidence"]): str(port)}
    words = [replaced.get(word, word) for word in original.words]
    environment = {**original.environment, "ATTEST_ROLES": '["api"]', **settings}
    command = Command(words, environment, original.directory)
    process = await spawn(command, stack.state.log(f"evidence-{port}"))

    async def ready() -> bool:
        return await http(port, "/readyz")() is None

    try:
        await eventually(ready, within=60, every=0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        await end(process, command)


def at(url: str, acting: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same API client, speaking to another process; its tokens still come from the gateway."""
    return httpx.AsyncClient(base_url=url, auth=acting.auth, timeout=60)
