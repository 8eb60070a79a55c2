"""Deliveries of 50 sources, together 100 a second for a minute: how long each takes, and that each fact is told once.

Each delivery is due at its time, whether or not the ones before it were answered, and its time to the answer is counted
from then. Every tenth is sent twice, as senders do that got no answer. The sender is one process beside the services.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from deploy.client import Organisation, done, eventually
from deploy.local.stack import Stack
from services.integrations.receiving.sources.models import SourceKind as K
from tests.bench.machine import percentile
from tests.bench.report import Limit, Report
from tests.integrations.senders import BODIES, secret_of, signed
from tests.shared.given import superuser

_SOURCES, _PER_SECOND, _SECONDS = 50, 100, 60
_TWICE = 10  # every so many deliveries
_SETTLE_SECONDS = 60.0
_NONE = Limit(most=0)
_FAST = Limit(most=50)
_SOON = Limit(most=5)

Numbered = Callable[[int], dict[str, Any]]
# How a sender's sample becomes another event.
_EVENTS: Mapping[K, Numbered] = {
    K.GITHUB: lambda number: _changed(BODIES[K.GITHUB], "check_run", id=number),
    K.GITLAB: lambda number: _changed(BODIES[K.GITLAB], "object_attributes", id=number),
    K.JIRA_CLOUD: lambda number: _changed(BODIES[K.JIRA_CLOUD], "issue", key=f"SEC-{number}"),
    K.BUILDKITE: lambda number: _changed(BODIES[K.BUILDKITE], "build", id=str(number)),
    K.STANDARD_WEBHOOKS: lambda number: _changed(BODIES[K.STANDARD_WEBHOOKS], "data", run=str(number)),
}


@dataclass(slots=True)
class _Sent:
    """The seconds that each delivery took, the answers, and how many deliveries differ from all others."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    events: int = 0


async def measure(stack: Stack, report: Report, org: Organisation) -> None:
    """A minute of deliveries, and until all of them are mapped."""
    kinds = [[*_EVENTS][number % len(_EVENTS)] for number in range(_SOURCES)]
    sources = [(await _registered(org, kind), kind) for kind in kinds]
    sent = _Sent()
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as sender:
        await _deliver(sender, sources, sent)
    ended = datetime.now(UTC)
    last, deliveries, facts, told = await _mapped(stack, org, [UUID(source["id"]) for source, _ in sources])
    milliseconds = [seconds * 1000 for seconds in sent.seconds]
    report.tell("deliveries of sources, sent", len(milliseconds), "requests")
    report.tell(
        "deliveries of sources, not answered 202", len(milliseconds) - sent.statuses[202], "requests", limit=_NONE
    )
    report.tell("deliveries of sources, lost", sent.events - deliveries, "deliveries", limit=_NONE)
    report.tell("deliveries of sources, facts missing", sent.events - facts, "facts", limit=_NONE)
    report.tell("deliveries of sources, facts told twice", told - facts, "events", limit=_NONE)
    report.tell("deliveries of sources, p50", percentile(milliseconds, 0.5), "ms", limit=_FAST)
    report.tell("deliveries of sources, p99", percentile(milliseconds, 0.99), "ms")
    report.tell(
        "deliveries of sources, mapped after the end", max(0.0, (last - ended) / timedelta(seconds=1)), "s", limit=_SOON
    )


async def _registered(org: Organisation, kind: K) -> dict[str, Any]:
    draft = {"title": f"Bench: {kind}", "kind": kind, "owner": "dana@example.com", "secret": secret_of(kind)}
    source: dict[str, Any] = done(await org.manager.post("/v1/sources", json=draft))
    return source


async def _deliver(sender: httpx.AsyncClient, sources: list[tuple[dict[str, Any], K]], sent: _Sent) -> None:
    """Send each delivery at its time."""
    began, under_way = time.monotonic(), set[asyncio.Task[None]]()
    number = 0
    for place in range(_PER_SECOND * _SECONDS):
        due = began + place / _PER_SECOND
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if place % _TWICE:
            number += 1
            source, kind = sources[number % len(sources)]
            body = json.dumps(_EVENTS[kind](number)).encode()
            headers = signed(kind, body, datetime.now(UTC))
            sent.events += 1
        elif not number:
            continue  # nothing to repeat yet
        task = asyncio.create_task(_send(sender, source["path"], body, headers, due, sent))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)


async def _send(
    sender: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str], due: float, sent: _Sent
) -> None:
    answer = await sender.post(path, content=body, headers=headers)
    sent.seconds.append(time.monotonic() - due)
    sent.statuses[answer.status_code] += 1


async def _mapped(stack: Stack, org: Organisation, ids: list[UUID]) -> tuple[datetime, int, int, int]:
    """When the last delivery was mapped, how many there are, how many facts, and how many events told them."""
    async with superuser(stack, "integrations") as connection:

        async def nothing_waits() -> bool:
            waiting = "select count(*) from source_deliveries where source_id = any($1) and state = 'received'"
            return bool(await connection.fetchval(waiting, ids) == 0)

        await eventually(nothing_waits, within=_SETTLE_SECONDS, every=0.2)
        of_deliveries = "select max(mapped_at), count(*) from source_deliveries where source_id = any($1)"
        row = await connection.fetchrow(of_deliveries, ids)
        assert row is not None
        last, deliveries = row
        facts = await connection.fetchval("select count(*) from facts where source_id = any($1)", ids)
        of_facts = (
            "select count(*) from events e join facts f on f.id = e.subject"
            " where e.org_id = $1 and f.source_id = any($2)"
        )
        told = await connection.fetchval(of_facts, UUID(org.id), ids)
    return last, deliveries, facts, told


def _changed(document: dict[str, Any], member: str, **values: Any) -> dict[str, Any]:
    return document | {member: document[member] | values}
