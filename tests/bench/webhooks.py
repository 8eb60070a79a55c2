"""Webhooks to many endpoints, of which some are slow, dead or flapping: how long the others wait.

A smaller version of the bar of 1,000 endpoints and 20,000 deliveries: a fifth of the endpoints, with as many bad ones,
and a tenth of the deliveries at the same 50 a second, so that the bad ones are a larger share. Events are published as
the controls service publishes them; the time is from then to the request at the receiver, in one process with it.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from deploy.client import Organisation, done, eventually
from deploy.local.stack import Stack
from shared.clock import new_id
from shared.events.bus import Bus, Message
from tests.bench.machine import percentile
from tests.bench.report import Limit, Report
from tests.integrations.receiver import Received, Receiver, Reply, receiving
from tests.shared.given import superuser
from tests.support import a_few_at_a_time, settings_of

_ENDPOINTS, _BAD = 200, 10  # slow ones, dead ones and flapping ones: ten each
_PER_SECOND, _SECONDS = 50, 20
_SLOW_SECONDS = 5.0
_SETTLE_SECONDS = 90.0
_WITHIN_A_SECOND = Limit(most=1000)
_NONE = Limit(most=0)


@dataclass(slots=True)
class _Sent:
    """When each event was published, to which kind of endpoint."""

    at: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


async def measure(stack: Stack, report: Report, org: Organisation) -> None:
    """The good ones alone, then all of them."""
    async with receiving() as receiver:
        receiver.answering = _Answers().answer
        kinds = [_kind(number) for number in range(_ENDPOINTS)]
        await a_few_at_a_time(_register(org, receiver, number, kind) for number, kind in enumerate(kinds))
        await _all_active(stack, org)
        good = [number for number, kind in enumerate(kinds) if kind == "good"]
        alone, together = _Sent(), _Sent()
        await _publish(stack, org, kinds, good, alone)
        await _publish(stack, org, kinds, [*range(_ENDPOINTS)], together)
        await _settled(stack, org, together)
        _tell(report, receiver, alone, "good endpoints alone")
        _tell(report, receiver, together, "beside slow, dead and flapping ones")
        _tell_counts(report, receiver, alone, together)


class _Answers:
    """What endpoints of each kind answer; a flapping one fails the first time that it gets an event."""

    def __init__(self) -> None:
        self._asked = Counter[str]()

    def answer(self, received: Received) -> Reply:
        kind = received.path.split("/")[1]
        self._asked[received.id] += 1
        if received.is_test:
            return Reply()
        if kind == "slow":
            return Reply(after=_SLOW_SECONDS)
        if kind == "dead":
            return Reply(None)
        return Reply(500 if kind == "flapping" and self._asked[received.id] == 1 else 204)


def _kind(number: int) -> str:
    return {0: "slow", 1: "dead", 2: "flapping"}.get(number // _BAD, "good")


async def _register(org: Organisation, receiver: Receiver, number: int, kind: str) -> None:
    draft = {
        "title": kind,
        "url": receiver.url(f"/{kind}/{number}"),
        "owner": "dana@example.com",
        "types": ["controls.control.defined"],
        "conditions": [{"field": "code", "values": [_code(number)]}],
    }
    done(await org.manager.post("/v1/webhook-endpoints", json=draft))


def _code(number: int) -> str:
    return f"WH-{number}"


async def _all_active(stack: Stack, org: Organisation) -> None:
    async def active() -> bool:
        async with superuser(stack, "integrations") as connection:
            query = "select count(*) from webhook_endpoints where org_id = $1 and status = 'active'"
            return bool(await connection.fetchval(query, UUID(org.id)) == _ENDPOINTS)

    await eventually(active, within=60, every=0.5)


async def _publish(stack: Stack, org: Organisation, kinds: list[str], among: list[int], sent: _Sent) -> None:
    """So many events a second, each for one endpoint, taken in turn."""
    order = [among[place % len(among)] for place in range(_PER_SECOND * _SECONDS)]
    random.Random(7).shuffle(order)
    bus = await Bus.connect(settings_of(stack, "controls"))
    await bus.ensure_stream()
    began = time.monotonic()
    try:
        for place, number in enumerate(order):
            await asyncio.sleep(max(0.0, began + place / _PER_SECOND - time.monotonic()))
            message = _defined(org, _code(number))
            event_id = message.headers["Nats-Msg-Id"]
            sent.at[event_id], sent.kinds[event_id] = time.time(), kinds[number]
            if not all(await bus.publish([message])):
                raise RuntimeError("NATS did not take an event")
    finally:
        await bus.close()


def _defined(org: Organisation, code: str) -> Message:
    event_id = str(new_id())
    data = f'{{"code": "{code}", "title": "A control"}}'
    body = (
        f'{{"specversion": "1.0", "id": "{event_id}", "source": "/services/controls",'
        f' "type": "controls.control.defined", "subject": "{new_id()}", "time": "{datetime.now(UTC).isoformat()}",'
        f' "orgid": "{org.id}", "actor": "system", "version": 1, "data": {data}}}'
    )
    headers = {"Nats-Msg-Id": event_id, "Content-Type": "application/cloudevents+json"}
    return Message("events.controls.control.defined", body.encode(), headers)


async def _settled(stack: Stack, org: Organisation, sent: _Sent) -> None:
    """Wait until nothing waits any more but what is for the dead ones."""

    async def settled() -> bool:
        async with superuser(stack, "integrations") as connection:
            query = (
                "select count(*) from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id"
                " where d.org_id = $1 and d.due_at is not null and e.title <> 'dead'"
            )
            return bool(await connection.fetchval(query, UUID(org.id)) == 0)

    assert sent.at
    await eventually(settled, within=_SETTLE_SECONDS, every=1)


def _tell(report: Report, receiver: Receiver, sent: _Sent, name: str) -> None:
    taken = [(each.at - sent.at[each.id]) * 1000 for each in receiver.events(None) if sent.kinds.get(each.id) == "good"]
    report.tell(f"webhooks, {name}, p50", percentile(taken, 0.5), "ms", limit=_WITHIN_A_SECOND)
    report.tell(f"webhooks, {name}, p99", percentile(taken, 0.99), "ms")


def _tell_counts(report: Report, receiver: Receiver, *sent: _Sent) -> None:
    """Of the good, slow and flapping ones each event comes; of the good and slow ones once."""
    kinds = {key: kind for phase in sent for key, kind in phase.kinds.items()}
    came = Counter(each.id for each in receiver.events(None))
    lost = [key for key, kind in kinds.items() if kind != "dead" and not came[key]]
    twice = [key for key, kind in kinds.items() if kind in {"good", "slow"} and came[key] > 1]
    report.tell("webhooks, sent", len(kinds), "deliveries")
    report.tell("webhooks, lost", len(lost), "deliveries", limit=_NONE)
    report.tell("webhooks, twice", len(twice), "deliveries", limit=_NONE)
