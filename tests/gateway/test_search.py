"""What is found: things of all services, by whoever could read them there."""

import asyncio
from typing import Any

import httpx

from deploy.story import implemented_control
from tests.support import Organisation, eventually, ok, problem


async def found(client: httpx.AsyncClient, q: str, **query: Any) -> list[dict[str, Any]]:
    """What a search finds."""
    items: list[dict[str, Any]] = ok(await client.get("/v1/search", params={"q": q, **query}))["items"]
    return items


async def found_in_time(client: httpx.AsyncClient, q: str, **query: Any) -> list[dict[str, Any]]:
    """What a search finds once the news of it has come."""
    return await eventually(lambda: found(client, q, **query))


async def test_a_control_is_found_by_its_code_its_words_and_their_beginnings(org: Organisation) -> None:
    control = await implemented_control(org, "LG-01")
    (first, *_) = await found_in_time(org.viewer, "lg-01")
    assert (first["kind"], first["id"], first["code"]) == ("control", control, "LG-01")
    title = ok(await org.viewer.get(first["href"]))["title"]
    assert first["title"] == title
    for q in (title.upper(), title[:6], f"LG {title.split()[-1]}", "LG-0"):
        assert control in {each["id"] for each in await found(org.viewer, q, kind="control")}, q
    assert await found(org.viewer, "LG-01 zebra") == []
    assert await found(org.viewer, "…") == []
    assert {each["kind"] for each in await found(org.viewer, "LG-01", limit=200)} >= {"control"}


async def test_each_answer_can_be_read_and_nobody_finds_more(org: Organisation, other_org: Organisation) -> None:
    await implemented_control(org, "AC-07")
    await found_in_time(org.viewer, "AC-07")
    for client in (org.viewer, org.admin):
        for each in await found(client, "AC-07", limit=200):
            ok(await client.get(each["href"]))
    assert await found(other_org.admin, "AC-07") == []
    assert await found(org.monitor, "AC-07") == [], "who reads nothing finds nothing"


async def test_more_is_said_and_bad_input_is_refused(org: Organisation) -> None:
    await asyncio.gather(*(implemented_control(org, f"MX-{number}") for number in range(3)))

    async def all_are_found() -> bool:
        return len(await found(org.viewer, "mx", kind="control")) == 3

    await eventually(all_are_found)
    answer = ok(await org.viewer.get("/v1/search", params={"q": "mx", "kind": "control", "limit": 2}))
    assert (len(answer["items"]), answer["more"]) == (2, True)
    assert answer["lagging"] == []
    problem(await org.viewer.get("/v1/search"), 422, "invalid")
    problem(await org.viewer.get("/v1/search", params={"q": "x", "limit": 0}), 422, "invalid")
    problem(await org.viewer.get("/v1/search", params={"q": "x", "sort": "code"}), 400, "unknown-parameter")
