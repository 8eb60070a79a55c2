"""Requests a second and processor time a request: the bare application, the service, and the service behind the edge.

Then every list of every service and what is on it, at the service and on the bare limit.

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

from deploy.client import eventually
from deploy.local.command import Command, end, spawn
from deploy.local.ports import find_free
from deploy.local.probe import http
from deploy.local.services import ROOT
from deploy.local.stack import Stack
from services.controls.app import SERVICE as CONTROLS
from shared.service import Service
from tests.bench.load import SLOT, Order, Result
from tests.bench.machine import processor_ms, until_at_rest
from tests.bench.reads import Reading, readings
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced

HALF_OF_BARE = Limit(least=0.5)
EVERY_READ = Limit(least=0.4, required=True)
_READ_ROUNDS = 3
_MORE_ROUNDS = 9  # of what seems too slow, since a short slice of a busy machine says little
_READ_SECONDS = 0.3
THROUGH_EDGE = Limit(least=0.75)
DRAFT = {
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
    draft = json.dumps(DRAFT)
    post = f"{head}Content-Type: application/json\r\nContent-Length: {len(draft)}\r\n\r\n{draft}"
    return [
        Kind("get one", [f"GET /v1/controls/{each} HTTP/1.1\r\n{head}\r\n" for each in ids], rounds=7, seconds=1.0),
        Kind("list 50", [f"GET /v1/controls HTTP/1.1\r\n{head}\r\n"], rounds=7, seconds=1.0),
        Kind("create", [f"POST /v1/controls HTTP/1.1\r\n{post}"], rounds=3, seconds=1.5, writes=True),
    ]


async def measure(stack: Stack, report: Report, org_id: UUID, token: str, ids: list[UUID]) -> None:
    """Measure every kind at every target, and report."""
    service = stack.processes["controls"].pid
    reads, _ = await _readings(stack, CONTROLS, org_id, token)
    async with bare(stack, "controls", org_id, reads) as bare_target, loader() as load:
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


async def measure_reads(stack: Stack, report: Report, service: Service, org_id: UUID, token: str) -> None:
    """Measure the first page of every list of a service and some of what is on it, one by one."""
    reads, left_out = await _readings(stack, service, org_id, token)
    head = f"Host: attest.example\r\nAuthorization: Bearer {token}\r\n"
    nothing = f"reads of {service.name} with nothing to answer ({', '.join(left_out)})"
    report.tell(nothing, len(left_out), "reads")
    async with bare(stack, service.name, org_id, reads) as bare_target, loader() as load:
        targets = [
            bare_target,
            Target("service", stack.ports.internal[service.name], stack.processes[service.name].pid),
        ]
        for read in reads:
            await _same_answer(read, targets, token)
            requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in read.paths]
            rates = await _rates(load, targets, requests, _READ_ROUNDS)
            if not EVERY_READ.met_by(rates["service"] / rates["bare"]):
                rates = await _rates(load, targets, requests, _MORE_ROUNDS)
            report.tell(f"{read.name}, bare", rates["bare"], "requests/s")
            report.tell(read.name, rates["service"], "requests/s", against=f"{read.name}, bare", limit=EVERY_READ)


async def _rates(load: "Load", targets: Sequence[Target], requests: list[str], rounds: int) -> dict[str, float]:
    """Requests a second at each target: the median of some slices in turn."""
    taken: dict[str, Slices] = defaultdict(Slices)
    for _ in range(rounds):
        for target in targets:
            await _slice(load, target, Order(target.port, requests, _READ_SECONDS), taken[target.name], [])
    return {name: statistics.median(slices.per_second) for name, slices in taken.items()}


async def _same_answer(read: Reading, targets: Sequence[Target], token: str) -> None:
    """Make sure of one path that both targets answer the same, or the comparison would be of two things."""
    answers = []
    for target in targets:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as asking:
            answer = await asking.get(f"http://127.0.0.1:{target.port}{read.paths[0]}")
            body = answer.json()
            answers.append(body.get("items", body))
    if answers[0] != answers[1]:
        raise RuntimeError(f"{read.name}: the service answers {answers[1]}, its own select {answers[0]}: {read.sql}")


async def _readings(stack: Stack, service: Service, org_id: UUID, token: str) -> tuple[list[Reading], list[str]]:
    address = f"http://127.0.0.1:{stack.ports.internal[service.name]}"
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as asking:
        return await readings(service, org_id, asking)


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


async def _answers(port: int, path: str) -> bool:
    return await http(port, path)() is None


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
async def bare(stack: Stack, service: str, org_id: UUID, reads: Sequence[Reading]) -> AsyncIterator[Target]:
    """The bare application, started with the very command of the service but for what is in it."""
    port = find_free()
    statements = stack.state.log("bare").with_suffix(".json")
    pages = {read.paths[0]: read.sql for read in reads if read.template is None}
    things = {read.template: read.sql for read in reads if read.template is not None}
    statements.write_text(json.dumps({"pages": pages, "things": things}), encoding="utf-8")
    replaced = {
        f"services.{service}.app:app": "tests.bench.bare:app",
        str(stack.ports.internal[service]): str(port),
    }
    words = [replaced.get(word, word) for word in stack.processes[service].part.command.words]
    settings = {
        "BENCH_DATABASE_URL": unfenced(stack, service),
        "BENCH_ORGANISATION": str(org_id),
        "BENCH_READS": str(statements),
    }
    command = Command(words, os.environ | settings, ROOT)
    process = await spawn(command, stack.state.log("bare"))
    try:
        await eventually(lambda: _answers(port, next(iter(pages))), within=20, every=0.1)
        yield Target("bare", port, process.pid)
    finally:
        await end(process, command)
