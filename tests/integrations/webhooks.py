"""What the tests of webhooks begin with: an endpoint at a receiver, and an event that is delivered there."""

from typing import Any
from uuid import uuid4

from tests.integrations.receiver import Receiver
from tests.support import Organisation, created, eventually, ok

ENDPOINT: dict[str, Any] = {"title": "Data warehouse", "owner": "dana@example.com", "types": ["controls.control.*"]}


async def endpoint_at(org: Organisation, receiver: Receiver, path: str = "/hook", **changes: Any) -> dict[str, Any]:
    """An endpoint that has answered its test."""
    draft = ENDPOINT | {"url": receiver.url(path)} | changes
    endpoint = created(await org.manager.post("/v1/webhook-endpoints", json=draft))

    async def active() -> bool:
        return bool((await read(org, endpoint))["status"] == "active")

    await eventually(active)
    return endpoint


async def read(org: Organisation, endpoint: dict[str, Any]) -> dict[str, Any]:
    return ok(await org.manager.get(f"/v1/webhook-endpoints/{endpoint['id']}"))


async def a_control(org: Organisation, code: str = "") -> dict[str, Any]:
    """A control, and with it the event `controls.control.defined`."""
    draft = {
        "code": code or f"C-{uuid4().hex[:8]}",
        "title": "A title that is nobody else's business",
        "statement": "S",
        "owner": "dana@example.com",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "daily",
    }
    return created(await org.manager.post("/v1/controls", json=draft))


async def deliveries_of(org: Organisation, endpoint: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """The deliveries of an endpoint that are no tests, the oldest first."""
    params = {"endpoint_id": endpoint["id"], "sort": "created_at", "limit": 200, **query}
    items = ok(await org.manager.get("/v1/webhook-deliveries", params=params))["items"]
    return [item for item in items if not item["is_test"]]


async def in_state(org: Organisation, endpoint: dict[str, Any], state: str, count: int = 1) -> list[dict[str, Any]]:
    """The endpoint's deliveries as soon as so many are in this state."""

    async def so_many() -> list[dict[str, Any]] | None:
        found = await deliveries_of(org, endpoint, state=state)
        return found if len(found) >= count else None

    return await eventually(so_many)


async def attempts_of(org: Organisation, delivery: dict[str, Any]) -> list[dict[str, Any]]:
    """What was tried, the oldest first."""
    path = f"/v1/webhook-deliveries/{delivery['id']}/attempts"
    items: list[dict[str, Any]] = ok(await org.manager.get(path, params={"sort": "started_at"}))["items"]
    return items
