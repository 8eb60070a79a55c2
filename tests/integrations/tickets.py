"""What the tests of tickets begin with: a connection that works, an issue, and its ticket."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.stack import Stack
from tests.integrations.more_ticket_systems import Linear, ServiceNow
from tests.integrations.ticket_systems import TOKEN, GitHub, GitLab, Jira, System
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, ok

CONNECTION: dict[str, Any] = {"title": "Compliance", "owner": "dana@example.com", "credential": TOKEN}
OF_SYSTEM: dict[type[System], dict[str, Any]] = {
    GitHub: {"system": "github", "project": "acme/compliance"},
    GitLab: {"system": "gitlab", "project": "acme/grc/compliance"},
    Jira: {"system": "jira_cloud", "project": "SEC", "issue_type": "task", "username": Jira.user},
    ServiceNow: {"system": "servicenow", "project": "incident", "username": ServiceNow.user},
    Linear: {"system": "linear", "project": "SEC"},
}


def connection_draft(system: System, **changes: Any) -> dict[str, Any]:
    return CONNECTION | OF_SYSTEM[type(system)] | {"base_url": system.url} | changes


async def connected(org: Organisation, system: System, **changes: Any) -> dict[str, Any]:
    """A connection whose test has worked."""
    draft = connection_draft(system, **changes)
    connection = created(await org.manager.post("/v1/ticket-connections", json=draft))
    return await connection_that(org, connection, lambda read: read["status"] == "active")


async def connection_that(org: Organisation, connection: dict[str, Any], holds: Any) -> dict[str, Any]:
    """The connection as soon as this holds of it."""

    async def so() -> dict[str, Any] | None:
        read = ok(await org.manager.get(f"/v1/ticket-connections/{connection['id']}"))
        return read if holds(read) else None

    return await eventually(so)


async def an_issue(org: Organisation, **changes: Any) -> dict[str, Any]:
    """A deficiency of a control that is not in operation."""
    control = {
        "code": f"C-{uuid.uuid4().hex[:8]}",
        "title": "T",
        "statement": "S",
        "owner": "dana@example.com",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "daily",
    }
    control_id = created(await org.manager.post("/v1/controls", json=control))["id"]
    draft = {
        "title": "Two leavers kept access",
        "description": "What people wrote here is told nobody outside.",
        "control_ids": [control_id],
        "severity": "low",
        "source": "self_identified",
        "owner": "dana@example.com",
    }
    return created(await org.owner.post("/v1/issues", json=draft | changes))


async def ticket_for(org: Organisation, connection: dict[str, Any], issue: dict[str, Any]) -> dict[str, Any]:
    draft = {"connection_id": connection["id"], "kind": "issue", "subject_id": issue["id"]}
    return created(await org.owner.post("/v1/tickets", json=draft))


async def ticket_that(org: Organisation, ticket: dict[str, Any], holds: Any) -> dict[str, Any]:
    """The ticket as soon as this holds of it."""

    async def so() -> dict[str, Any] | None:
        read = ok(await org.owner.get(f"/v1/tickets/{ticket['id']}"))
        return read if holds(read) else None

    return await eventually(so)


async def in_step(org: Organisation, connection: dict[str, Any], issue: dict[str, Any]) -> dict[str, Any]:
    """An open ticket that was compared once."""
    return await looked_at(org, await ticket_for(org, connection, issue))


async def looked_at(org: Organisation, ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket once it was compared, after this, with what is outside."""
    await ticket_that(org, ticket, lambda read: read["state"] in {"open", "closed"})
    asked = datetime.now(UTC)
    ok(await org.owner.post(f"/v1/tickets/{ticket['id']}/readings"))

    async def read() -> bool:
        begun = [datetime.fromisoformat(call["started_at"]) for call in await calls_of(org, ticket, "read")]
        return any(at >= asked for at in begun)  # one that had begun before may have seen what was there before

    await eventually(read)
    return ok(await org.owner.get(f"/v1/tickets/{ticket['id']}"))


async def calls_of(org: Organisation, ticket: dict[str, Any], step: str | None = None) -> list[dict[str, Any]]:
    """The requests about a ticket, the oldest first."""
    params = {"ticket_id": ticket["id"], "sort": "started_at", "limit": 200}
    calls = ok(await org.owner.get("/v1/ticket-calls", params=params))["items"]
    return [each for each in calls if step in {None, each["step"]}]


async def told(org: Organisation, subject: str) -> list[str]:
    """What was announced of a connection or ticket, the oldest first."""
    answer = await org.admin.get("/v1/services/integrations/trail", params={"subject": subject, "limit": 200})
    return [event["type"].split(".")[2] for event in ok(answer)["items"]]


async def make_due(stack: Stack, ticket: dict[str, Any]) -> None:
    """Let the work on a ticket wait no longer, nor its connection; a lease has run out."""
    async with superuser(stack, "integrations") as connection:
        past, key = datetime.now(UTC) - timedelta(seconds=1), uuid.UUID(ticket["connection_id"])
        await connection.execute(
            "update ticket_queues set rest_until = null, lease_until = least(lease_until, $2) where connection_id = $1",
            key,
            past,
        )
        await connection.execute(
            "update ticket_work set due_at = $2 where ticket_id = $1", uuid.UUID(ticket["id"]), past
        )
