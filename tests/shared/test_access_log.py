"""The access log has a line for each request, which its request id leads to, and nothing in it that is a secret."""

import json
import uuid
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.evidence.given import an_expectation
from tests.support import Organisation, created, eventually, ok


async def line_of(stack: Stack, service: str, request_id: str) -> dict[str, Any]:
    """The line of a request in the log of the service that answered it."""

    async def written() -> dict[str, Any] | None:
        lines = [line for line in stack.state.log(service).read_text().splitlines() if request_id in line]
        found = [line for line in map(json.loads, lines) if line["logger"] == "attest.access"]
        assert len(found) < 2
        return found[0] if found else None

    return await eventually(written, within=5)


@pytest.mark.parametrize(
    ("method", "path", "service", "route", "status"),
    [
        ("GET", "/v1/controls?q=between-us", "controls", "/v1/controls", 200),
        ("GET", "/v1/risks/0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10", "risk", "/v1/risks/{risk_id}", 404),
        ("GET", "/v1/controls?limit=between-us", "controls", "/v1/controls", 422),
        ("POST", "/v1/controls", "controls", "/v1/controls", 422),
        ("GET", "/v1/controls/more/than/that?q=between-us", "controls", "/v1/controls/more/than/that", 404),
        ("POST", "/v1/members", "gateway", "/v1/members", 403),
    ],
)
async def test_each_request_is_in_the_log_with_its_caller(
    stack: Stack, org: Organisation, method: str, path: str, service: str, route: str, status: int
) -> None:
    headers = {"X-Request-Id": str(uuid.uuid4())}
    answer = await org.manager.request(method, path, headers=headers, json={} if method == "POST" else None)
    assert answer.status_code == status
    line = await line_of(stack, service, headers["X-Request-Id"])
    assert (line["method"], line["route"], line["status"]) == (method, route, status)
    assert 0 < line["milliseconds"] < 30_000
    assert "between-us" not in json.dumps(line)
    if status != 404 or service != "controls":
        assert line["organisation"] == org.id
        assert line["actor"].startswith("client:")


async def test_a_request_without_a_token_is_in_the_log(stack: Stack) -> None:
    headers = {"X-Request-Id": str(uuid.uuid4())}
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        assert (await stranger.get("/v1/controls", headers=headers)).status_code == 401
    line = await line_of(stack, "controls", headers["X-Request-Id"])
    assert (line["status"], line["actor"], line["organisation"]) == (401, None, None)


async def test_an_address_that_is_a_secret_is_not_in_the_log(stack: Stack, org: Organisation) -> None:
    await an_expectation(org)
    feed = created(await org.owner.post("/v1/calendar-feeds", json={"title": "Mine"}))
    file = created(await org.owner.post("/v1/files", content=b"x"))
    link = created(await org.owner.post(f"/v1/files/{file['id']}/links", json={}))
    for path in (feed["path"], link["path"], f"{link['path']}/more"):
        headers = {"X-Request-Id": str(uuid.uuid4())}
        async with httpx.AsyncClient(base_url=stack.url) as stranger:
            await stranger.get(path, headers=headers)
        line = await line_of(stack, "evidence", headers["X-Request-Id"])
        assert path.split("/")[3].removesuffix(".ics") not in json.dumps(line)
    ok(await org.owner.get("/v1/calendar-feeds"))
