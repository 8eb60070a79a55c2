"""100,000 pieces of evidence run out at one moment: how long until each is announced, and what readers notice of it.

The evidence service runs as it would on several machines: a process that answers, and two workers, of which the one
that leads is killed in the middle. Events are counted in the database, reads are timed at the service from here.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from deploy.client import eventually
from deploy.local.command import Child, Command, end, spawn
from deploy.local.ports import find_free
from deploy.local.probe import http
from deploy.local.stack import Stack
from tests.bench.machine import percentile, until_at_rest
from tests.bench.reader import Order, reading
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced
from tests.support import acting

ITEMS = 100_000
_IDLE_SECONDS = 10.0
_LONGEST_SECONDS = 300.0
_EXPECTATION = """
    insert into expectations (id, org_id, control_id, title, description, kind, freshness_days, expiring_days, owner_id,
                              status, version, created_at, updated_at)
    values (uuidv7(), $1, uuidv7(), 'Access review', 'The review of the quarter.', 'link', 0, 0, uuidv7(),
            'active', 1, now(), now())
    returning id
"""
_ITEMS = """
    insert into evidence_items (id, org_id, title, kind, url, source, collected_at, covers_from, covers_until, status,
                                submitter, reviewer, reviewed_at, series_id, number, record_schema_ids, version,
                                created_at, updated_at)
    select id, $1, 'Access review of system ' || n, 'link', 'https://example.com/reviews/' || n, 'directory',
           $3::timestamptz - interval '90 days', $3::timestamptz - interval '90 days', $3::timestamptz, 'accepted',
           $4::jsonb, $5::jsonb, now(), id, 1, '{}', 2, now(), now()
    from (select n, uuidv7() as id from generate_series(1, $2) n) made
"""
_PROOFS = """
    insert into evidence_proofs (item_id, expectation_id, org_id, control_id, expiring_from, valid_until, announced)
    select i.id, e.id, i.org_id, e.control_id, i.covers_until, i.covers_until, 'fresh'
    from evidence_items i, expectations e where i.org_id = $1 and i.covers_until = $2 and e.id = $3
"""
_ANNOUNCED = "select count(*) from events where org_id = $1 and type = 'evidence.item.expired' and occurred_at >= $2"
_DIFFERENT = _ANNOUNCED.replace("count(*)", "count(distinct subject)")
_MORE = "select true from evidence_proofs where org_id = $1 and due_at <= $2 offset $3 limit 1"
_LEFT = "select count(*) from evidence_proofs where org_id = $1 and due_at <= $2"


@dataclass(slots=True)
class Outcome:
    """What the sweep did: `seconds` from the moment all was due until the last of it was announced."""

    seconds: float
    announced: int
    different: int
    left: int
    idle: list[float]
    swept: list[float]


async def measure(stack: Stack, report: Report, org_id: UUID, token: str) -> None:
    """Report the sweep of 100,000 due items."""
    await until_at_rest([process.pid for process in stack.processes.values()])
    beside = await _beside_busy_loops(stack, org_id, token)
    report.tell("get one, beside busy loops, p99", percentile(beside, 0.99), "ms")
    outcome = await sweep_under_fire(stack, org_id, token, items=ITEMS, delay=timedelta(seconds=_IDLE_SECONDS + 20))
    report.tell("sweep of 100,000 due items", outcome.seconds, "s", limit=Limit(most=30))
    report.tell("announced twice or never", abs(outcome.announced - ITEMS) + outcome.left, "items", limit=Limit(most=0))
    report.tell("get one, idle, p99", percentile(outcome.idle, 0.99), "ms")
    limit = Limit(most=2)
    report.tell(
        "get one, while sweeping, p99", percentile(outcome.swept, 0.99), "ms", against="get one, idle, p99", limit=limit
    )


async def _beside_busy_loops(stack: Stack, org_id: UUID, token: str) -> list[float]:
    """What the same reads take when each processor has something else to do, which is no fault of the sweep's."""
    database = await asyncpg.connect(unfenced(stack, "evidence"))
    item = await database.fetchval("select id from evidence_items where org_id = $1 limit 1", org_id)
    await database.close()
    loops = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass")
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        async with reading(Order(stack.ports.internal["evidence"], f"/v1/evidence/{item}", token)) as reader:
            await asyncio.sleep(_IDLE_SECONDS)
    finally:
        for each in loops:
            each.kill()
        await asyncio.gather(*(each.wait() for each in loops))
    return [took for _, took in reader.reads]


async def sweep_under_fire(stack: Stack, org_id: UUID, token: str, *, items: int, delay: timedelta) -> Outcome:
    """Let evidence run out after a delay, kill the worker that announces it in the middle, and count."""
    database = await asyncpg.connect(unfenced(stack, "evidence"))
    async with apart(stack) as workers:
        due_at = datetime.now(UTC) + delay
        item = await _seed(database, org_id, items, due_at)
        await until_at_rest([stack.processes["postgres"].pid, *(each.pid for each in workers)])
        async with reading(Order(stack.ports.internal["evidence"], f"/v1/evidence/{item}", token)) as reader:
            await asyncio.sleep((due_at - datetime.now(UTC)).total_seconds())
            began = time.monotonic()
            await _until(database, org_id, due_at, left=items * 3 // 5)
            workers[0].kill()
            await _until(database, org_id, due_at, left=0)
            ended = time.monotonic()
        await asyncio.sleep(2)  # whatever was announced twice would be by now
        announced, different, left = [
            await database.fetchval(each, org_id, due_at) for each in (_ANNOUNCED, _DIFFERENT, _LEFT)
        ]
    await database.close()
    idle, swept = reader.between(began - _IDLE_SECONDS, began), reader.between(began, ended)
    return Outcome(ended - began, announced, different, left, idle, swept)


async def _seed(database: asyncpg.Connection, org_id: UUID, items: int, due_at: datetime) -> UUID:
    expectation = await database.fetchval(_EXPECTATION, org_id)
    acts = (json.dumps(acting(name).recorded) for name in ("submitter", "reviewer"))
    await database.execute(_ITEMS, org_id, items, due_at, *acts)
    await database.execute(_PROOFS, org_id, due_at, expectation)
    await database.execute("vacuum analyze evidence_items, evidence_proofs")
    found: UUID = await database.fetchval("select item_id from evidence_proofs where expectation_id = $1", expectation)
    return found


async def _until(database: asyncpg.Connection, org_id: UUID, due_at: datetime, *, left: int) -> None:
    """Wait until no more than so many are left; counting the announced ones would cost as much as announcing them."""

    async def few() -> bool:
        return not await database.fetchval(_MORE, org_id, due_at, left)

    await eventually(few, within=_LONGEST_SECONDS, every=0.1)


@asynccontextmanager
async def apart(stack: Stack) -> AsyncIterator[list[Child]]:
    """Run the evidence service as one process that answers, where it did before, and two workers; these are given."""
    whole = stack.processes["evidence"]
    await whole.stop()
    command = whole.part.command
    port = str(stack.ports.internal["evidence"])
    started: list[tuple[Child, Command]] = []
    try:
        for number, role in enumerate(("api", "worker", "worker")):
            own = port if role == "api" else str(find_free())
            words = [own if word == port else word for word in command.words]
            settings = {"ATTEST_ROLES": f'["{role}"]', "ATTEST_SCHEDULE_SECONDS": "1"}
            each = Command(words, {**command.environment, **settings}, command.directory)
            started.append((await spawn(each, stack.state.log(f"evidence-{number}")), each))
            await eventually(lambda own=own: _ready(int(own)), within=60, every=0.1)  # type: ignore[misc]
        yield [process for process, _ in started[1:]]
    finally:
        for process, each in started:
            await end(process, each)
        await whole.start()


async def _ready(port: int) -> bool:
    return await http(port, "/readyz")() is None
