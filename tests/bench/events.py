"""How long it takes until what happened in one service has its effect in the next, and how much a relay can carry.

Two looks at the databases bracket each measurement: the first sees the event as soon as its transaction has committed,
the second sees the effect. Both look every millisecond, so that what looking costs cancels out.
"""

import asyncio
import random
from typing import Any

import asyncpg
from uuid_utils.compat import uuid7

from deploy.client import Organisation, done, eventually
from deploy.local.stack import Stack
from deploy.story import Story, implemented_control
from tests.bench.machine import percentile
from tests.bench.report import Limit, Report
from tests.bench.seed import UNLIMITED, unfenced

_LOOK_SECONDS = 0.001
_HOPS = 100
_CHAINS = 100
_RELAYED = 10_000
_WAITING = "select count(*) from events where published_at is null"
_NEWEST = "select coalesce(max(seq), 0) from events"
_HAPPENED = "select id from events where seq > $1 and type = $2 order by seq limit 1"
_HEARD = "select true from inbox where event_id = $1"
_TO_RELAY = """
    insert into events (id, org_id, type, subject, version, actor, occurred_at, data)
    select uuidv7(), $1, 'controls.control.benched', uuidv7(), 1, 'client', now(),
           jsonb_build_object('code', 'B-' || n, 'title', 'Access is reviewed every quarter')
    from generate_series(1, $2) n
"""
_ALL_RELAYED = "select not exists (select from events where org_id = $1 and published_at is null)"
# The first batch has no beginning, so it is left out of the count as it is out of the time.
_RATE = """
    with batches as (select published_at, count(*) as events from events where org_id = $1 group by published_at)
    select (sum(events) - (select events from batches order by published_at limit 1))
           / extract(epoch from max(published_at) - min(published_at))
    from batches
"""


async def measure_hop(stack: Stack, report: Report, org: Organisation) -> None:
    """Commit → effect: an expectation is defined in evidence, and controls know of it; one at a time, at rest."""
    taken = await _hops(stack, org, await implemented_control(org, "HOP-1"))
    report.tell("commit to effect, p50", percentile(taken, 0.50), "ms", limit=Limit(most=8))
    report.tell("commit to effect, p99", percentile(taken, 0.99), "ms", limit=Limit(most=30))


async def measure_hop_behind_a_sweep(stack: Stack, report: Report, org: Organisation) -> None:
    """The same while what a sweep has brought about is still to be published, and heard."""
    database = await asyncpg.connect(unfenced(stack, "evidence"))
    report.tell("events behind a sweep, before", await database.fetchval(_WAITING), "events")
    taken = await _hops(stack, org, await implemented_control(org, "HOP-2"))
    report.tell("events behind a sweep, after", await database.fetchval(_WAITING), "events")
    await database.close()
    report.tell("commit to effect, behind a sweep, p50", percentile(taken, 0.50), "ms")
    report.tell("commit to effect, behind a sweep, p99", percentile(taken, 0.99), "ms", limit=Limit(most=1000))


async def _hops(stack: Stack, org: Organisation, control: str) -> list[float]:
    evidence = await asyncpg.connect(unfenced(stack, "evidence"))
    controls = await asyncpg.connect(unfenced(stack, "controls"))
    expectation = {
        "control_id": control,
        "title": "Access review",
        "description": "The review of the quarter.",
        "kind": "file",
        "freshness_days": 90,
        "expiring_days": 7,
        "owner": "dana@example.com",
    }
    taken: list[float] = []
    for _ in range(_HOPS):
        # At no fixed distance, or each might meet the same moment of some poll.
        await asyncio.sleep(random.uniform(0.05, 0.15))
        newest = await evidence.fetchval(_NEWEST)
        asking = asyncio.create_task(org.manager.post("/v1/expectations", json=expectation))
        event = await _seen(evidence, _HAPPENED, newest, "evidence.expectation.defined")
        committed = asyncio.get_running_loop().time()
        await _seen(controls, _HEARD, event)
        taken.append((asyncio.get_running_loop().time() - committed) * 1000)
        done(await asking)
    await evidence.close()
    await controls.close()
    return taken


async def measure_chain(stack: Stack, report: Report, org: Organisation) -> None:
    """Evidence expires → control fails → risk exceeds appetite → candidate that names the risk, seen at the edge."""
    story = await Story.begin(org)
    evidence = await asyncpg.connect(unfenced(stack, "evidence"))
    taken: list[float] = []
    for number in range(1, _CHAINS + 1):
        newest = await evidence.fetchval(_NEWEST)
        expiry = asyncio.create_task(_first_seen(evidence, newest, "evidence.item.expired"))
        await story.provide()
        await story.until_within_appetite(within=True)
        await story.until_expired()
        sweeping = asyncio.create_task(story.sweep())
        committed = await expiry
        await story.until_candidate("raised", among=number)
        taken.append((asyncio.get_running_loop().time() - committed) * 1000)
        await sweeping
    await evidence.close()
    report.tell("evidence expired to candidate, p50", percentile(taken, 0.50), "ms", limit=Limit(most=60))
    report.tell("evidence expired to candidate, p99", percentile(taken, 0.99), "ms", limit=Limit(most=250))


async def measure_relay(stack: Stack, report: Report) -> None:
    """Events a second that one service publishes, each on disk before it is acknowledged. Nobody listens to these."""
    address = stack.environment("controls")["ATTEST_DATABASE_URL"]
    connection = await asyncpg.connect(address, server_settings=UNLIMITED)
    looking = await asyncpg.connect(unfenced(stack, "controls"))
    org_id = uuid7()
    async with connection.transaction():
        await connection.execute("select set_config('app.org_id', $1, true)", str(org_id))
        await connection.execute(_TO_RELAY, org_id, _RELAYED)
    await _seen(looking, _ALL_RELAYED, org_id, within=60, every=0.1)
    rate = float(await looking.fetchval(_RATE, org_id))
    await connection.close()
    await looking.close()
    report.tell("relay", rate, "events/s", limit=Limit(least=3000))


async def _first_seen(connection: asyncpg.Connection, newest: int, kind: str) -> float:
    await _seen(connection, _HAPPENED, newest, kind)
    return asyncio.get_running_loop().time()


async def _seen(
    connection: asyncpg.Connection, query: str, *arguments: object, within: float = 20, every: float = _LOOK_SECONDS
) -> Any:
    async def look() -> Any:
        return await connection.fetchval(query, *arguments)

    return await eventually(look, within=within, every=every)
