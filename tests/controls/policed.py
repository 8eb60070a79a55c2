"""Policies as the tests of all their nouns need them."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.controls.deficient import DAY
from tests.support import Organisation, created, ok

TODAY = datetime.now(UTC).date()
TEXT = {"markdown": "# Access control\n\nAccess is given by need.", "summary": "The first one."}


def policy_draft(**changes: Any) -> dict[str, Any]:
    return {
        "code": "POL-AC",
        "title": "Access control policy",
        "owner": "dana@example.com",
        "review_months": 12,
        "control_ids": [],
        "requirements": ["soc2:CC5.3", "iso27001:A.5.1"],
    } | changes


async def written(org: Organisation, **changes: Any) -> dict[str, Any]:
    return created(await org.manager.post("/v1/policies", json=policy_draft(**changes)))


async def actor_of(client: httpx.AsyncClient) -> str:
    """The id of the person whom a client acts for."""
    return str(ok(await client.get("/v1/me"))["person"]["id"])


async def drafted(org: Organisation, policy: str, **changes: Any) -> dict[str, Any]:
    return created(await org.manager.post(f"/v1/policies/{policy}/versions", json=TEXT | changes))


async def submitted(org: Organisation, version: str, *approvers: httpx.AsyncClient, quorum: int = 1) -> dict[str, Any]:
    names = [await actor_of(each) for each in approvers]
    draft = {"approvers": names, "quorum": quorum}
    return ok(await org.manager.post(f"/v1/policy-versions/{version}/submissions", json=draft))


async def decided(by: httpx.AsyncClient, version: dict[str, Any], **changes: Any) -> httpx.Response:
    decision = {"decision": "approve", "sha256": version["sha256"]} | changes
    return await by.post(f"/v1/policy-versions/{version['id']}/decisions", json=decision)


async def published(org: Organisation, policy: str, **changes: Any) -> dict[str, Any]:
    """A version that a second manager approved, in force from today on."""
    version = await drafted(org, policy, **changes)
    await submitted(org, version["id"], org.second_manager)
    ok(await decided(org.second_manager, version))
    draft = {"effective_on": TODAY.isoformat()}
    return ok(await org.manager.post(f"/v1/policy-versions/{version['id']}/publications", json=draft))


async def started(org: Organisation, *people: str, **changes: Any) -> dict[str, Any]:
    """A campaign for a published version of a policy of its own."""
    version = await published(org, (await written(org))["id"])
    draft = {
        "version_id": version["id"],
        "title": "Access control policy, 2026",
        "due_on": (TODAY + 30 * DAY).isoformat(),
        "audience": {"people": list(people)},
    } | changes
    return created(await org.manager.post("/v1/policy-campaigns", json=draft))
