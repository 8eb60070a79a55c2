"""Facts: made of deliveries soon after they come, each told once, and of what is mapped again."""

import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.integrations.receiving.sources.models import SourceKind as K
from tests.integrations.given import registered, trail
from tests.integrations.senders import BODIES, SECRET, signed
from tests.support import Organisation, eventually, ok, problem


@pytest.fixture
async def outside(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A sender: it has no token."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


async def delivered(outside: httpx.AsyncClient, source: dict[str, Any], document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    answer = await outside.post(source["path"], content=body, headers=signed(K.GITHUB, body, datetime.now(UTC)))
    assert answer.status_code == 202


async def mapped(org: Organisation, source: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The deliveries of a source as soon as so many are looked into, the oldest first."""
    params = {"source_id": source["id"], "sort": "received_at"}

    async def all_of_them() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = ok(await org.manager.get("/v1/source-deliveries", params=params))["items"]
        done = [item for item in items if item["state"] != "received"]
        return done if len(done) == count else None

    return await eventually(all_of_them)


async def facts_of(org: Organisation, source: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await org.manager.get("/v1/facts", params={"source_id": source["id"]}))["items"]
    return items


async def test_a_fact_is_told_once_whatever_brings_it(org: Organisation, outside: httpx.AsyncClient) -> None:
    source = await registered(org, secret=SECRET)
    await delivered(outside, source, BODIES[K.GITHUB])
    await delivered(outside, source, BODIES[K.GITHUB] | {"sender": {"login": "another"}})
    first, second = await mapped(org, source, 2)
    assert [first["state"], second["state"], first["facts"]] == ["mapped", "mapped", 1]
    (fact,) = await facts_of(org, source)
    assert (fact["kind"], fact["state"], fact["evidence"]) == ("check_reported", "pass", True)
    told = await trail(org, fact["id"])
    assert [event["type"] for event in told] == ["integrations.check.reported"]
    ok(await org.manager.post(f"/v1/source-deliveries/{first['id']}/mappings"))
    await mapped(org, source, 2)
    assert await facts_of(org, source) == [fact]
    assert len(await trail(org, fact["id"])) == 1


async def test_what_no_rule_knows_is_kept_and_counted_in_sight(org: Organisation, outside: httpx.AsyncClient) -> None:
    source = await registered(org, secret=SECRET)
    await delivered(outside, source, BODIES[K.GITHUB] | {"check_run": {"name": "lint", "id": 1, "conclusion": "odd"}})
    (kept,) = await mapped(org, source, 1)
    assert (kept["state"], kept["detail"]) == ("unmapped", "check_run/conclusion is odd")
    standing = ok(await org.manager.get(f"/v1/sources/{source['id']}"))["standing"]
    assert (standing["unmapped"], standing["waiting"], standing["failed"]) == (1, 0, 0)
    assert await facts_of(org, source) == []


async def test_who_may_see_facts_and_map_again(
    org: Organisation, other_org: Organisation, outside: httpx.AsyncClient
) -> None:
    source = await registered(org, secret=SECRET)
    await delivered(outside, source, BODIES[K.GITHUB])
    (kept,) = await mapped(org, source, 1)
    path = f"/v1/source-deliveries/{kept['id']}/mappings"
    problem(await other_org.manager.post(path), 404, "not-found")
    problem(await org.manager.post(f"/v1/source-deliveries/{uuid.uuid4()}/mappings"), 404, "not-found")
    problem(await org.viewer.post(path), 403, "forbidden")
    problem(await org.viewer.get("/v1/facts"), 403, "forbidden")
    assert await facts_of(other_org, source) == []


async def test_what_means_something_else_when_it_is_mapped_again_replaces_the_fact_and_nothing_is_told_twice(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    source = await registered(org, secret=SECRET, branches=["release"])
    await delivered(outside, source, BODIES[K.GITHUB])
    (kept,) = await mapped(org, source, 1)
    (first,) = await facts_of(org, source)
    assert (first["not_evidence"], first["replaces"]) == ("other_branch", None)

    async def again(branches: list[str]) -> list[dict[str, Any]]:
        change = await org.manager.patch(
            f"/v1/sources/{source['id']}", json={"branches": branches}, headers={"If-Match": "*"}
        )
        ok(change)
        ok(await org.manager.post(f"/v1/source-deliveries/{kept['id']}/mappings"))
        await mapped(org, source, 1)
        return await facts_of(org, source)

    newer, _ = await again(["main"])
    assert (newer["evidence"], newer["not_evidence"], newer["replaces"]) == (True, None, first["id"])
    assert newer["observed_at"] == first["observed_at"]
    (told,) = await trail(org, newer["id"])
    assert told["data"]["replaces"] == first["id"]
    assert len(await again(["main"])) == 2
    newest, *_ = facts = await again(["release"])
    assert (newest["not_evidence"], newest["replaces"], len(facts)) == ("other_branch", newer["id"], 3)
    assert len(await again(["release"])) == 3
