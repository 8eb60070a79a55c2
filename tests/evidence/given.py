"""What the tests of evidence begin with."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.support import Organisation, created, ok

NOBODY = str(uuid.UUID(int=0))


async def an_expectation(org: Organisation, **changes: Any) -> dict[str, Any]:
    """An expectation of a control of its own; evidence for it counts 10 days, and is expiring in the last 2."""
    draft = {
        "control_id": str(uuid.uuid4()),
        "title": "Access review",
        "description": "The signed review of the quarter.",
        "kind": "link",
        "freshness_days": 10,
        "expiring_days": 2,
        "owner": "dana@example.com",
    }
    return created(await org.manager.post("/v1/expectations", json=draft | changes))


def a_draft(*expectations: dict[str, Any], covers_until: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """Evidence that is a link and covers the 30 days up to `covers_until`, or up to now."""
    end = covers_until or datetime.now(UTC)
    draft = {
        "title": "Access review, second quarter",
        "kind": "link",
        "url": "https://example.com/reviews/2",
        "source": "identity provider",
        "collected_at": datetime.now(UTC).isoformat(),
        "covers_from": (end - timedelta(days=30)).isoformat(),
        "covers_until": end.isoformat(),
        "expectation_ids": [each["id"] for each in expectations],
    }
    return {name: value for name, value in (draft | changes).items() if value is not None}


async def submitted(org: Organisation, *expectations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Evidence handed in by the control's owner."""
    return created(await org.owner.post("/v1/evidence", json=a_draft(*expectations, **changes)))


async def accepted(org: Organisation, *expectations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Evidence handed in by the control's owner and accepted by the reviewer."""
    item = await submitted(org, *expectations, **changes)
    return ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}))


async def read(org: Organisation, item: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """The evidence as a reader sees it."""
    return ok(await org.viewer.get(f"/v1/evidence/{item['id']}", params=asked))


async def told_of(org: Organisation, thing: dict[str, Any]) -> list[dict[str, Any]]:
    """What was announced of a thing, oldest first."""
    answer = await org.manager.get("/v1/services/evidence/trail", params={"subject": thing["id"], "limit": 200})
    events: list[dict[str, Any]] = ok(answer)["items"]
    return events


async def kinds_told_of(org: Organisation, thing: dict[str, Any]) -> list[str]:
    """The last words of what was announced of a thing."""
    return [each["type"].rpartition(".")[2] for each in await told_of(org, thing)]


async def sweep(client: httpx.AsyncClient) -> int:
    """Have announced what is due; how many proofs it was."""
    done: dict[str, int] = ok(await client.post("/v1/services/evidence/sweeps"))["done"]
    return done["announce_changed_freshness"]


def a_cadence(*, ago: int, **changes: Any) -> dict[str, Any]:
    """A daily cadence whose first date was some days ago, in UTC, and of which there are two dates."""
    start = datetime.now(UTC).date() - timedelta(days=ago)
    cadence = {"rule": "FREQ=DAILY;COUNT=2", "starts_on": start.isoformat(), "due_time": "00:00:00", "lead_days": 0}
    return cadence | changes


async def collections_of(org: Organisation, expectation: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    """What is collected for an expectation, by due date, once the clock has opened it."""
    ok(await org.manager.post("/v1/services/evidence/sweeps"))
    params = {"expectation_id": expectation["id"], **asked}
    found: list[dict[str, Any]] = ok(await org.viewer.get("/v1/collections", params=params))["items"]
    return found
