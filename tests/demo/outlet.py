"""What goes out in the demo: an endpoint at a receiver of its own, which verifies what it is sent, and counts it."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from deploy.client import Organisation, done, eventually
from tests.integrations.receiver import Received, Receiver, receiving

_TYPES = ["audit.candidate.raised", "controls.health.failing", "risk.risk.exceeded_appetite"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """An active endpoint and where it leads."""

    receiver: Receiver
    public_key: str

    async def until_delivered(self, candidate: str) -> Received:
        """The webhook about a candidate, as soon as it has come; it must be signed with the endpoint's key."""

        async def come() -> Received | None:
            return next((each for each in self.receiver.events() if _raises(each, candidate)), None)

        webhook = await eventually(come, every=0.005)
        if not webhook.is_signed_with(self.public_key):
            raise RuntimeError(f"The webhook {webhook.id} is not signed with the key of its endpoint.")
        return webhook

    async def until_delivered_of(self, control: str) -> Received:
        """The webhook about the first candidate of a control."""

        async def come() -> Received | None:
            return next((each for each in self.receiver.events() if _is_about(each, control)), None)

        return await eventually(come, every=0.005)

    def require_each_once(self) -> int:
        """How many webhooks have come; RuntimeError when one of them came twice."""
        counted = Counter(each.id for each in self.receiver.events())
        if twice := [key for key, count in counted.items() if count > 1]:
            raise RuntimeError(f"Webhooks came more than once: {twice}")
        return len(counted)


@asynccontextmanager
async def outlet(org: Organisation) -> AsyncIterator[Outlet | None]:
    """An endpoint that has answered its test; None where the installation sends nothing to this machine."""
    async with receiving() as receiver:
        draft = {"title": "Demo", "url": receiver.url(), "owner": "dana@example.com", "types": _TYPES}
        endpoint = done(await org.manager.post("/v1/webhook-endpoints", json=draft))

        async def tested() -> dict[str, Any] | None:
            params = {"endpoint_id": endpoint["id"]}
            (test,) = done(await org.manager.get("/v1/webhook-deliveries", params=params))["items"]
            return test if test["due_at"] is None else None

        test = await eventually(tested)
        yield Outlet(receiver, endpoint["public_key"]) if test["state"] == "delivered" else None


def _raises(webhook: Received, candidate: str) -> bool:
    event = webhook.event
    return bool(event["type"] == "audit.candidate.raised" and event["subject"] == candidate)


def _is_about(webhook: Received, control: str) -> bool:
    event = webhook.event
    return bool(event["type"] == "audit.candidate.raised" and event["data"].get("control_id") == control)
