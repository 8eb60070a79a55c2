"""What a write costs in processor time, process by process, and what load leaves behind: connections and memory."""

import asyncio
import itertools
import os
import secrets
from collections.abc import Awaitable, Callable

import asyncpg

from deploy.client import Organisation, done
from deploy.local.stack import Stack
from tests.bench.machine import children_of, processor_ms_with_children, proportional_mib, until_at_rest
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced
from tests.bench.throughput import DRAFT

_REQUESTS = 200
_AT_ONCE = 8
_KIB_100 = 100 * 1024
_CREATE, _PATCH, _SUBMIT = Limit(most=12), Limit(most=12), Limit(most=10)
_AFTER_SECONDS = 60
_CONNECTIONS, _MEMORY = Limit(most=60), Limit(most=850)
_EXPECTATION = {
    "title": "Access review",
    "description": "Shows that access was reviewed.",
    "kind": "file",
    "freshness_days": 100,
    "expiring_days": 7,
    "owner": "dana@example.com",
}
_EVIDENCE = {
    "title": "Access review",
    "kind": "file",
    "source": "bench",
    "collected_at": "2026-06-30T00:00:00Z",
    "covers_from": "2026-04-01T00:00:00Z",
    "covers_until": "2026-06-30T00:00:00Z",
}


async def measure(stack: Stack, report: Report, org: Organisation) -> None:
    """Create and patch controls, upload 100 KB and submit them as evidence, each two hundred times."""
    controls: list[str] = []
    numbers = itertools.count()

    async def create() -> None:
        draft = DRAFT | {"code": f"K-{next(numbers):04}"}
        controls.append(done(await org.manager.post("/v1/controls", json=draft))["id"])

    await _cost(stack, report, "create a control", create, _CREATE)
    unchanged = iter(controls)

    async def patch() -> None:
        change = {"title": "Access is reviewed each quarter"}
        done(await org.manager.patch(f"/v1/controls/{next(unchanged)}", json=change, headers={"If-Match": '"1"'}))

    await _cost(stack, report, "patch a control", patch, _PATCH)

    expectation = done(await org.manager.post("/v1/expectations", json=_EXPECTATION | {"control_id": controls[0]}))[
        "id"
    ]

    async def upload_and_submit() -> None:
        content, headers = secrets.token_bytes(_KIB_100), {"Content-Type": "application/octet-stream"}
        file = done(await org.owner.post("/v1/files", content=content, headers=headers))
        done(
            await org.owner.post(
                "/v1/evidence", json=_EVIDENCE | {"file_id": file["id"], "expectation_ids": [expectation]}
            )
        )

    await _cost(stack, report, "upload 100 KB and submit", upload_and_submit, _SUBMIT)


async def measure_what_stays(stack: Stack, report: Report) -> None:
    """Count PostgreSQL's connections and the memory of the whole system, a minute after the load has ended."""
    await asyncio.sleep(_AFTER_SECONDS)
    connection = await asyncpg.connect(unfenced(stack, "controls"))
    connections = await connection.fetchval(
        "select count(*) - 1 from pg_stat_activity where backend_type = 'client backend'"
    )
    await connection.close()
    report.tell("connections a minute after load", connections, "connections", limit=_CONNECTIONS)
    memory = sum(map(proportional_mib, children_of(os.getpid())))  # also what the services are forked from
    report.tell("memory of the whole system a minute after load", memory, "MiB", limit=_MEMORY)


async def _cost(stack: Stack, report: Report, what: str, once: Callable[[], Awaitable[None]], limit: Limit) -> None:
    """Do it over and over, and report each process's processor time for one time, with all that follows from it."""
    pids = {name: process.pid for name, process in stack.processes.items()}
    for _ in range(_AT_ONCE):  # connections and statements are prepared once
        await once()
    await until_at_rest(pids.values())
    before = {name: processor_ms_with_children(pid) for name, pid in pids.items()}
    turns = iter(range(_REQUESTS))

    async def some() -> None:
        for _ in turns:
            await once()

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
    await until_at_rest(pids.values())
    costs = {name: (processor_ms_with_children(pid) - before[name]) / _REQUESTS for name, pid in pids.items()}
    for name, cost in costs.items():
        report.tell(f"{what}, {name}", cost, "ms of processor/request")
    report.tell(what, sum(costs.values()), "ms of processor/request", limit=limit)
