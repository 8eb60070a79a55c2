"""A client that goes away before it is answered is no error of ours: no 5xx in the metrics, no error in the log."""

import asyncio
import re
import uuid

import httpx
import pytest

from deploy.client import ClientCredentials
from deploy.local.stack import Stack
from tests.support import Organisation, eventually, ok

_COUNT = re.compile(r"^http_server_request_duration_seconds_count\{(.*)\} (\S+)$", re.MULTILINE)


async def requests_by_status(stack: Stack, service: str, route: str) -> dict[str, float]:
    """How many requests to a route ended with which status, as the service's metrics have it."""
    async with httpx.AsyncClient() as prometheus:
        page = (await prometheus.get(f"{stack.service_url(service)}/metrics/")).text
    counts: dict[str, float] = {}
    for labels, number in _COUNT.findall(page):
        label = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        if label.get("http_route") == route and label["http_request_method"] == "POST":
            counts[label["http_response_status_code"]] = float(number)
    return counts


@pytest.mark.parametrize(
    ("service", "route", "headers"),
    [
        ("controls", "/v1/controls", "Content-Type: application/json\r\n"),
        ("controls", "/v1/controls", "Content-Type: application/json\r\nIdempotency-Key: cut-off\r\n"),
        ("controls", "/v1/control-imports", "Content-Type: text/csv\r\n"),
        ("evidence", "/v1/files", ""),
    ],
)
async def test_a_body_that_is_cut_off_is_no_server_error(
    stack: Stack, org: Organisation, service: str, route: str, headers: str
) -> None:
    ok(await org.manager.get("/v1/controls"))
    assert isinstance(org.manager.auth, ClientCredentials)
    before = await requests_by_status(stack, service, route)
    request_id = str(uuid.uuid4())
    head = (
        f"POST {route} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {org.manager.auth.token}\r\n{headers}"
        f'X-Request-Id: {request_id}\r\nContent-Length: 1000\r\n\r\n{{"title": "only the beg'
    )
    _, writer = await asyncio.open_connection("127.0.0.1", stack.ports.internal[service])
    writer.write(head.encode())
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await writer.wait_closed()

    async def counted() -> dict[str, float] | None:
        after = await requests_by_status(stack, service, route)
        return after if sum(after.values()) > sum(before.values()) else None

    after = await eventually(counted, every=0.05)
    assert after.get("499", 0) == before.get("499", 0) + 1
    assert [status for status in after if status.startswith("5")] == []
    logged = [line for line in stack.state.log(service).read_text().splitlines() if request_id in line]
    assert [line for line in logged if '"ERROR"' in line] == []
