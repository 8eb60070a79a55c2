"""Webhooks under kills: every event that an endpoint wants comes, by one delivery each; and how often some came again.

A sender that is killed before it knows the answer sends again, with the same id: a receiver drops what it has seen.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from deploy.client import Organisation, done, eventually
from deploy.local.stack import Stack
from tests.integrations.receiver import Receiver
from tests.shared.given import superuser

_TYPES = {"controls": "controls.health.failing", "audit": "audit.candidate.raised"}
_SETTLE_SECONDS = 150.0  # a lease and a retry
_SENT = "select id from events where org_id = $1 and type = $2"
_RECORDED = "select message_id, state from webhook_deliveries where endpoint_id = $1 and not is_test"


@dataclass(frozen=True, slots=True)
class Deliveries:
    """`lost` and `twice` are zero, or something is wrong; `again` is what a receiver has to expect."""

    wanted: int
    lost: int
    twice: int
    again: int


async def endpoint_at(org: Organisation, receiver: Receiver) -> UUID:
    """An endpoint for what every story brings about."""
    draft = {
        "title": "Chaos",
        "url": receiver.url(),
        "owner": "dana@example.com",
        "types": list(_TYPES.values()),
        "rate": 100,
        "concurrency": 8,
    }
    endpoint = UUID(done(await org.manager.post("/v1/webhook-endpoints", json=draft))["id"])

    async def active() -> bool:
        return bool(done(await org.manager.get(f"/v1/webhook-endpoints/{endpoint}"))["status"] == "active")

    await eventually(active)
    return endpoint


async def deliveries(stack: Stack, org: Organisation, endpoint: UUID, receiver: Receiver) -> Deliveries:
    """Wait until all is delivered, or for the longest time that may take, and compare with what was announced."""
    wanted: set[UUID] = set()
    for service, kind in _TYPES.items():
        async with superuser(stack, service) as connection:
            wanted |= {row["id"] for row in await connection.fetch(_SENT, UUID(org.id), kind)}
    rows = []

    async def delivered() -> bool:
        nonlocal rows
        async with superuser(stack, "integrations") as connection:
            rows = await connection.fetch(_RECORDED, endpoint)
        return {row["message_id"] for row in rows if row["state"] == "delivered"} >= wanted

    with suppress(TimeoutError):
        await eventually(delivered, within=_SETTLE_SECONDS, every=1)
    received = [UUID(each.id) for each in receiver.events()]
    recorded = [row["message_id"] for row in rows]
    return Deliveries(
        wanted=len(wanted),
        lost=len(wanted - set(received)) + len(wanted - set(recorded)),
        twice=len(recorded) - len(set(recorded)),
        again=len(received) - len(set(received)),
    )
