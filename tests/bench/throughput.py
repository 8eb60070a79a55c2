"""Requests a second and processor time a request: the bare application, the service, and the service behind the edge.

Slices take turns (bare, service, edge, bare, …), so that whatever else the machine does hits all three; medians count.
The processor time is the steadier number of the two on a busy machine.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from uuid import UUID

import httpx

from deploy.client import done, eventually
from deploy.local.command import Command, end, spawn
from deploy.local.ports import find_free
from deploy.local.probe import http
from deploy.local.services import ROOT
from deploy.local.stack import Stack
from tests.bench.load import SLOT, Order, Result
from tests.bench.machine import processor_ms, until_at_rest
from tests.bench.reads import Reading
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced

HALF_OF_BARE = Limit(least=0.5)
THROUGH_EDGE = Limit(least=0.75)
_DRAFT = {
    "code": f"B-{SLOT}",
    "title": "Access is reviewed every quarter",
    "statement": "The owner of each system reviews who has access to it, every quarter.",
    "owner": "dana@example.com",
    "kind": "detective",
    "nature": "manual",
    "frequency": "quarterly",
    "requirements": ["soc2:CC6.2", "soc2:CC6.3"],
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: how often it has its turn, for how long."""

    name: str
    requests: list[str]
    rounds: int
    seconds: float
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, and which process answers them."""

    name: str
    port: int
    pid: int


@dataclass(slots=True)
class Slices:
    """What was measured of one kind at one target."""

    per_second: list[float] = field(default_factory=list)
    processor_ms: float = 0.0
    requests: int = 0


def kinds(token: str, ids: list[UUID]) -> list[Kind]:
    """Get one, list 50, create: the very same bytes for each target."""
    head = f"Host: attest.example\r\nAuthorization: Bearer {token}\r\n"
    draft = json.dumps(_DRAFT)
    post = f"{head}Content-Type: application/json\r\nContent-Length: {len(draft)}\r\n\r\n{draft}"
    return [
        Kind("get one", [f"GET /v1/controls/{each} HTTP/1.1\r\n{head}\r\n" for each in ids], rounds=7, seconds=1.0),
        Kind("list 50", [f"GET /v1/controls HTTP/1.1\r\n{head}\r\n"], rounds=7, seconds=1.0),
        Kind("create", [f"POST /v1/controls HTTP/1.1\r\n{post}"], rounds=3, seconds=1.5, writes=True),
    ]


async def measure(
    stack: Stack, report: Report, org_id: UUID, token: str, ids: list[UUID], reads: Sequence[Reading]
) -> None:
    """Measure every kind at every target, every read at the service and the bare limit, and report."""
    service = stack.processes["controls"].pid
    async with bare(stack, org_id, reads) as bare_target, loader() as load:
        targets = [
            bare_target,
            Target("service", stack.ports.internal["controls"], service),
            Target("edge", stack.ports.edge, service),
        ]
        watched = [process.pid for process in stack.processes.values()]
        numbers = itertools.count(0, 100_000)
        for kind in kinds(token, ids):
            taken: dict[str, Slices] = defaultdict(Slices)
            for _ in range(kind.rounds):
                for target in targets:
                    order = Order(target.port, kind.requests, kind.seconds, next(numbers) if kind.writes else None)
                    await _slice(load, target, order, taken[target.name], watched)
            _tell(report, kind.name, taken)
        for kind in await _kinds_of_reads(stack, token, reads):
            taken = defaultdict(Slices)
            for _ in range(kind.rounds):
                for target in targets[:2]:
                    await _slice(load, target, Order(target.port, kind.requests, kind.seconds), taken[target.name], [])
            rates = {name: statistics.median(slices.per_second) for name, slices in taken.items()}
            report.tell(f"{kind.name}, bare", rates["bare"], "requests/s")
            report.tell(kind.name, rates["service"], "requests/s", against=f"{kind.name}, bare", limit=HALF_OF_BARE)


async def _kinds_of_reads(stack: Stack, token: str, reads: Sequence[Reading]) -> list[Kind]:
    """The first page of every list and some of what is on it, one by one."""
    head = f"Host: attest.example\r\nAuthorization: Bearer {token}\r\n"
    found: list[Kind] = []
    address = f"http://127.0.0.1:{stack.ports.internal['controls']}"
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as service:
        for each in reads:
            items = done(await service.get(each.first_page()))["items"]
            things = [each.thing(item["id"]) for item in items]
            for name, paths in ((each.path, [each.first_page()]), (each.thing("{id}"), things)):
                requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in paths]
                found.append(Kind(f"GET {name}", requests, rounds=3, seconds=0.5))
    return found


async def _slice(load: "Load", target: Target, order: Order, taken: Slices, watched: list[int]) -> None:
    """One slice. The work behind a write is part of what it costs, so its slice ends when the processes rest again."""
    before = processor_ms(target.pid)
    result = await load.send(order)
    if order.unique_from is not None:
        await until_at_rest(watched)
    refused = {status: count for status, count in result.statuses.items() if not status.startswith("2")}
    if refused:
        raise RuntimeError(f"{target.name} refused requests: {refused}")
    taken.per_second.append(result.per_second)
    taken.processor_ms += processor_ms(target.pid) - before
    taken.requests += result.requests


def _tell(report: Report, kind: str, taken: dict[str, Slices]) -> None:
    against = {"bare": None, "service": f"{kind}, bare", "edge": f"{kind}, service"}
    limits = {"service": None if kind == "create" else HALF_OF_BARE, "edge": THROUGH_EDGE}
    for name, slices in taken.items():
        rate = statistics.median(slices.per_second)
        report.tell(f"{kind}, {name}", rate, "requests/s", against=against[name], limit=limits.get(name))
    for name in ("bare", "service"):
        cost = taken[name].processor_ms / taken[name].requests
        against_bare = None if name == "bare" else f"{kind}, bare, processor"
        report.tell(f"{kind}, {name}, processor", cost, "ms/request", against=against_bare)


async def _answers(port: int) -> bool:
    return await http(port, "/v1/controls")() is None


@dataclass(frozen=True, slots=True)
class Load:
    """The process that sends requests."""

    process: asyncio.subprocess.Process

    async def send(self, order: Order) -> Result:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(asdict(order))}\n".encode())
        return Result(**json.loads(await self.process.stdout.readline()))


@asynccontextmanager
async def loader() -> AsyncIterator[Load]:
    """Start the process that sends requests, and end it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.load"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Load(process)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def bare(stack: Stack, org_id: UUID, reads: Sequence[Reading]) -> AsyncIterator[Target]:
    """The bare application, started with the very command of the controls service but for what is in it."""
    port = find_free()
    statements = stack.state.log("bare").with_suffix(".json")
    pages = {each.first_page(): each.page(org_id) for each in reads}
    things = {each.thing("{}"): each.thing_of(org_id) for each in reads}
    statements.write_text(json.dumps({"pages": pages, "things": things}), encoding="utf-8")
    replaced = {
        "services.controls.app:app": "tests.bench.bare:app",
        str(stack.ports.internal["controls"]): str(port),
    }
    words = [replaced.get(word, word) for word in stack.processes["controls"].part.command.words]
    settings = {
        "BENCH_DATABASE_URL": unfenced(stack, "controls"),
        "BENCH_ORGANISATION": str(org_id),
        "BENCH_READS": str(statements),
    }
    command = Command(words, os.environ | settings, ROOT)
    process = await spawn(command, stack.state.log("bare"))
    try:
        await eventually(lambda: _answers(port), within=20, every=0.1)
        yield Target("bare", port, process.pid)
    finally:
        await end(process, command)
