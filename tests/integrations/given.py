"""What the tests of integrations begin with: a source, and what it sends."""

from typing import Any

from tests.support import Organisation, created, ok

DRAFT: dict[str, Any] = {"title": "GitHub: example-org", "kind": "github", "owner": "dana@example.com"}


async def registered(org: Organisation, **changes: Any) -> dict[str, Any]:
    """A new source with its secret."""
    source: dict[str, Any] = created(await org.manager.post("/v1/sources", json=DRAFT | changes))
    return source


async def trail(org: Organisation, subject: str) -> list[dict[str, Any]]:
    """What was announced about a thing, the oldest first."""
    answer = await org.admin.get("/v1/services/integrations/trail", params={"subject": subject})
    items: list[dict[str, Any]] = ok(answer)["items"]
    return items


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"].removeprefix("integrations.source.") for event in events]
