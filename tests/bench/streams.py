"""A thousand open event streams: how soon an event is on all of them, and what one of them costs in memory.

The readers are twenty callers' plain connections through the edge, in one process with what brings the event about.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from deploy.client import ClientCredentials, Organisation, client, done
from deploy.local.stack import Stack
from tests.bench.machine import proportional_mib, until_at_rest
from tests.bench.report import Limit, Report
from tests.bench.throughput import DRAFT
from tests.support import a_few_at_a_time

_CALLERS, _OF_EACH = 20, 50  # as many as one caller may open
_EVENTS = 20
_ON_ALL = Limit(most=1000)
_LONGEST_SECONDS = 30.0
_KIB = 1024


@dataclass(slots=True)
class _Stream:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def until(self, subject: str) -> float:
        """When the next event about this thing was there."""
        while subject.encode() not in (await self.reader.readline()):
            pass
        return time.perf_counter()

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


async def measure(stack: Stack, report: Report, org: Organisation) -> None:
    """Open them, bring events about one after the other, and close them."""
    gateway, edge = stack.processes["gateway"].pid, stack.processes["traefik"].pid
    await until_at_rest([gateway, edge])
    before = proportional_mib(gateway), proportional_mib(edge)
    tokens = [await _token(stack, org, number) for number in range(_CALLERS)]
    streams = [stream async for stream in _opened(stack, tokens)]
    await until_at_rest([gateway, edge])
    for name, pid, was in (("gateway", gateway, before[0]), ("traefik", edge, before[1])):
        kib = (proportional_mib(pid) - was) * _KIB / len(streams)
        report.tell(f"an open event stream, {name}", kib, "KiB/stream")
    taken = sorted([await _until_on_all(org, streams, number) for number in range(_EVENTS)])
    report.tell(f"an event on {len(streams)} streams, median", taken[len(taken) // 2], "ms", limit=_ON_ALL)
    report.tell(f"an event on {len(streams)} streams, slowest", taken[-1], "ms", limit=_ON_ALL)
    await a_few_at_a_time(stream.close() for stream in streams)


async def _token(stack: Stack, org: Organisation, number: int) -> str:
    draft = {"title": f"Screen {number}", "roles": ["viewer"]}
    screen = done(await org.admin.post("/v1/api-clients", json=draft))
    async with client(stack.url, screen["id"], screen["client_secret"]) as acting:
        done(await acting.get("/v1/me"))
        assert isinstance(acting.auth, ClientCredentials)
        return acting.auth.token


async def _opened(stack: Stack, tokens: list[str]) -> AsyncIterator[_Stream]:
    for token in tokens:
        for _ in range(_OF_EACH):
            reader, writer = await asyncio.open_connection("127.0.0.1", stack.ports.edge)
            head = f"GET /v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
            writer.write(head.encode())
            status = await asyncio.wait_for(reader.readline(), _LONGEST_SECONDS)
            if b"200" not in status:
                raise RuntimeError(f"A stream was not opened: {status!r}")
            yield _Stream(reader, writer)


async def _until_on_all(org: Organisation, streams: list[_Stream], number: int) -> float:
    """Milliseconds from the answer to a request that makes a control until its event is on every stream."""
    control = done(await org.manager.post("/v1/controls", json=DRAFT | {"code": f"STREAM-{number:04}"}))["id"]
    began = time.perf_counter()
    async with asyncio.timeout(_LONGEST_SECONDS):
        seen = await asyncio.gather(*(stream.until(control) for stream in streams))
    return (max(seen) - began) * 1000
