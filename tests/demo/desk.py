"""Tickets in the demo: a system of tickets of its own, connected, and a rule that opens a ticket for each issue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from deploy.client import Organisation, done, eventually
from tests.integrations.ticket_systems import GitHub, served
from tests.integrations.tickets import connection_draft


@dataclass(frozen=True, slots=True)
class Desk:
    """The system of tickets, and the organisation that is connected to it."""

    system: GitHub
    org: Organisation

    async def open_issue(self, control: str) -> dict[str, Any]:
        """An issue about why a control failed."""
        draft = {
            "title": "Evidence was renewed a day late",
            "description": "Nobody was reminded before it ran out.",
            "control_ids": [control],
            "severity": "low",
            "source": "monitoring",
            "owner": "dana@example.com",
        }
        return done(await self.org.owner.post("/v1/issues", json=draft))

    async def until_opened(self, issue: dict[str, Any]) -> dict[str, Any]:
        """The issue's ticket, as soon as it is there; RuntimeError unless it is there once."""
        ticket = await self._ticket_that(issue, lambda ticket: ticket["state"] == "open")
        titles = [each["title"] for each in self.system.issues]
        if titles != [issue["title"]]:
            raise RuntimeError(f"The system has the tickets {titles}, and one was asked for.")
        return ticket

    async def close_there(self, issue: dict[str, Any], ticket: dict[str, Any]) -> None:
        """Close the ticket as a person does there; RuntimeError when that closes the issue here."""
        self.system.change(self.system.issues[0], state="closed", state_reason="completed")
        done(await self.org.owner.post(f"/v1/tickets/{ticket['id']}/readings"))
        await self._ticket_that(issue, lambda ticket: ticket["awaits_check"])
        read = done(await self.org.owner.get(f"/v1/issues/{issue['id']}"))
        if read["status"] != "open":
            raise RuntimeError(f"The issue is {read['status']}, and only its ticket was closed.")

    async def _ticket_that(self, issue: dict[str, Any], holds: Any) -> dict[str, Any]:
        params = {"subject_id": issue["id"]}

        async def so() -> dict[str, Any] | None:
            found = done(await self.org.owner.get("/v1/tickets", params=params))["items"]
            return next(filter(holds, found), None)

        return await eventually(so, every=0.01)


@asynccontextmanager
async def desk(org: Organisation) -> AsyncIterator[Desk | None]:
    """A system of tickets whose connection works; None where the installation asks nothing of this machine."""
    async with served(GitHub()) as system:
        draft = connection_draft(system, title="Demo")
        connection = done(await org.manager.post("/v1/ticket-connections", json=draft))
        path = f"/v1/ticket-connections/{connection['id']}"

        async def tested() -> dict[str, Any] | None:
            read = done(await org.manager.get(path))
            return read if read["status"] == "active" or read["standing"]["last_code"] else None

        if (await eventually(tested))["status"] != "active":
            yield None
            return
        rule = {"title": "Every issue", "connection_id": connection["id"], "types": ["controls.issue.opened"]}
        done(await org.manager.post("/v1/ticket-rules", json=rule))
        yield Desk(system, org)
        done(await org.manager.post(f"{path}/retirements", json={"reason": "The demo is over."}))
