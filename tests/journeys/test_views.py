"""The views over all services: whatever is found or waits can be read by who finds it, and nothing else is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deploy.client import eventually
from deploy.firm import Firm
from deploy.story import Story, implemented_control
from tests.support import Organisation, created, ok

REASON = {"reason": "The client withdrew its assertion."}


async def found(client: httpx.AsyncClient, q: str) -> list[dict[str, Any]]:
    """All that a search finds."""
    items: list[dict[str, Any]] = ok(await client.get("/v1/search", params={"q": q, "limit": 200}))["items"]
    return items


async def links(client: httpx.AsyncClient) -> set[str]:
    """Where the things are read that a caller is shown, by common words and by what waits."""
    waiting = ok(await client.get("/v1/inbox", params={"limit": 200}))["items"]
    shown = [each for q in ("a", "ac", "soc", "t", "r", "d") for each in await found(client, q)]
    return {each["href"] for each in (*shown, *waiting)}


async def test_every_role_reads_what_it_is_shown_and_an_auditor_only_the_scope(org: Organisation, firm: Firm) -> None:
    story, beside = await Story.begin(org), await implemented_control(org, "AC-99")
    await story.submit(covers_until=datetime.now(UTC) + timedelta(days=30))
    await story.accept()
    created(await org.manager.post(f"/v1/engagements/{story.engagement}/proposals", json={"firm_id": firm.id}))
    await firm.accept(org.manager, story.engagement, "partner")
    async with firm.acting("partner", story.engagement) as partner:

        async def shown() -> bool:
            links_shown = {each["href"] for each in await found(partner, "access")}
            everything = {each["href"] for each in await found(org.admin, "ac")}
            return f"/v1/controls/{story.control}" in links_shown and f"/v1/controls/{beside}" in everything

        await eventually(shown)
        for client in (org.admin, org.manager, org.owner, org.reviewer, org.risk, org.viewer, partner):
            for href in sorted(await links(client)):
                assert (await client.get(href)).status_code == 200, href
        assert await found(partner, "AC-99") == []
        assert (await links(partner)) >= {f"/v1/engagements/{story.engagement}", f"/v1/risks/{story.risk}"}
        ok(await partner.post(f"/v1/engagements/{story.engagement}/phases", json={"phase": "withdrawn", **REASON}))

        async def closed() -> bool:
            return not await found(partner, "access")

        await eventually(closed)
