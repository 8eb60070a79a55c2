"""Asking a part whether it is ready."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

Probe = Callable[[], Awaitable[str | None]]
"""Returns nothing when the part is ready, otherwise the reason why it is not."""

POLL = 0.03


def http(port: int, path: str) -> Probe:
    """Make a probe that is content with status 200 on this path."""

    async def ask() -> str | None:
        try:
            async with asyncio.timeout(5):
                status, body = await get(port, path)
        except (OSError, TimeoutError, ValueError, IndexError):
            return f"it does not answer on port {port}"
        return None if status == HTTPStatus.OK else reason(status, body)

    return ask


async def get(port: int, path: str) -> tuple[int, bytes]:
    """Do one HTTP/1.0 request; a client library would take longer to import than the stack to start."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), body
    finally:
        writer.close()


def reason(status: int, body: bytes) -> str:
    """Say what is missing, if the part says so itself in a problem's detail."""
    try:
        return f"it answers {status} ({json.loads(body)['detail']})"
    except (ValueError, KeyError, TypeError):
        return f"it answers {status}"
