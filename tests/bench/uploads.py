"""What a file of 1 GiB costs the evidence process in memory, and how fast it is: whole, in pieces, and down again."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import httpx

from deploy.client import Organisation, done
from deploy.local.stack import Stack
from tests.bench.machine import resident_mib
from tests.bench.report import Limit, Report

T = TypeVar("T")

_GIB = 1024**3
_MIB = 1024**2
_PIECE = 64 * _MIB
_SMALL = 16 * _MIB
_LOOK_SECONDS = 0.02
_GROWTH = Limit(most=64)
_TUS = {"Tus-Resumable": "1.0.0"}


async def measure(stack: Stack, report: Report, org: Organisation) -> None:
    """Each way once, after a small one, since buffers are allocated once."""
    await _whole(org, _SMALL)
    await _in_pieces(org, _SMALL)
    for name, work in (("upload of 1 GiB", _whole), ("resumable upload of 1 GiB", _in_pieces)):
        file_id = await _watched(stack, report, name, work(org, _GIB))
    await _watched(stack, report, "download of 1 GiB", _down(org, file_id))


async def _watched(stack: Stack, report: Report, name: str, work: Awaitable[T]) -> T:
    pid = stack.processes["evidence"].pid
    before = most = resident_mib(pid)
    began = time.perf_counter()
    task = asyncio.ensure_future(work)
    while not task.done():
        most = max(most, resident_mib(pid))
        await asyncio.wait([task], timeout=_LOOK_SECONDS)
    report.tell(f"{name}, memory growth", most - before, "MiB", limit=_GROWTH)
    report.tell(name, _GIB / _MIB / (time.perf_counter() - began), "MiB/s")
    return task.result()


async def _whole(org: Organisation, size: int) -> str:
    answer = await org.owner.post("/v1/files", content=_bytes(size), timeout=600)
    file_id: str = done(answer)["id"]
    return file_id


async def _in_pieces(org: Organisation, size: int) -> str:
    begun = done(await org.owner.post("/v1/uploads", headers={**_TUS, "Upload-Length": str(size)}))
    path = f"/v1/uploads/{begun['id']}"
    for offset in range(0, size, _PIECE):
        headers = {**_TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        content = _bytes(min(_PIECE, size - offset))
        (await org.owner.patch(path, content=content, headers=headers, timeout=600)).raise_for_status()
    file_id: str = done(await org.owner.get(path))["file_id"]
    return file_id


async def _down(org: Organisation, file_id: str) -> None:
    link = done(await org.viewer.post(f"/v1/files/{file_id}/links", json={}))
    size = 0
    async with (
        httpx.AsyncClient(base_url=org.viewer.base_url, timeout=60) as stranger,
        stranger.stream("GET", link["path"]) as answer,
    ):
        async for chunk in answer.aiter_raw():
            size += len(chunk)
    if size != _GIB:
        raise RuntimeError(f"{size} bytes came down of {_GIB}")


async def _bytes(size: int) -> AsyncIterator[bytes]:
    """Different each time, or they would be the file that is there already."""
    block = os.urandom(_MIB)
    yield os.urandom(64) + block[64:]
    for _ in range(size // _MIB - 1):
        yield block
        await asyncio.sleep(0)
