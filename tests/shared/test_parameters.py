"""Reads check their parameters with one model; it must accept and refuse exactly what FastAPI would."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import Body, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from shared.http.doors import Read
from shared.http.fields import Instant, Search
from shared.http.pages import After, Limit
from shared.http.parameters import Parameters

_KEY = "01900000-0000-7000-8000-000000000000"
_QUERIES = [
    "",
    "limit=5&cursor=abc&sort=-code&q=x&open=true&as_of=2026-01-01T00:00:00Z",
    "limit=0",
    "limit=201&sort=up&q=%00",
    "limit=5&limit=6",
    "limit=&q=",
    "limit=five&open=perhaps&as_of=2026-01-01",
    "cursor=" + "x" * 601,
    "unknown=1",
    "key=1",
]


async def _asked(
    key: UUID,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code"] = "code",
    q: Annotated[Search | None, Query(description="In the title")] = None,
    open: bool | None = None,  # noqa: A002 - a parameter's name is part of the contract
    as_of: Annotated[Instant | None, Query()] = None,
) -> Response:
    return _told({"key": key, "limit": limit, "cursor": cursor, "sort": sort, "q": q, "open": open, "as_of": as_of})


async def _asked_with_door(
    read: Read,
    key: UUID,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code"] = "code",
    q: Annotated[Search | None, Query(description="In the title")] = None,
    open: bool | None = None,  # noqa: A002 - a parameter's name is part of the contract
    as_of: Annotated[Instant | None, Query()] = None,
) -> Response:
    raise NotImplementedError


def _told(values: dict[str, Any]) -> Response:
    plain = {name: str(value) if isinstance(value, UUID | datetime) else value for name, value in values.items()}
    return Response(json.dumps(plain, sort_keys=True))


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return Response(json.dumps(sorted([*each["loc"], each["type"], each["msg"]] for each in error.errors())), 422)


def _app() -> FastAPI:
    app = FastAPI()
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_api_route("/theirs/{key}", _asked)
    parameters = Parameters.of(_asked_with_door, "/ours/{key}", Read)
    assert parameters is not None
    assert parameters.door == "read"

    async def ours(request: Request) -> Response:
        return _told(parameters.read(request))

    app.router.add_route("/ours/{key}", ours)
    return app


@pytest.mark.parametrize("key", [_KEY, "no-uuid"])
@pytest.mark.parametrize("query", _QUERIES)
async def test_the_answer_is_the_one_of_fastapi(key: str, query: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(_app()), base_url="http://here") as client:
        theirs = await client.get(f"/theirs/{key}?{query}")
        ours = await client.get(f"/ours/{key}?{query}")
    assert (ours.status_code, ours.text) == (theirs.status_code, theirs.text)


def test_what_has_more_than_parameters_is_left_to_fastapi() -> None:
    async def several(read: Read, q: Annotated[list[str] | None, Query()] = None) -> Response:
        raise NotImplementedError

    async def a_body(read: Read, body: Annotated[dict[str, str], Body()]) -> Response:
        raise NotImplementedError

    async def the_request(read: Read, request: Request) -> Response:
        raise NotImplementedError

    async def no_door(q: str) -> Response:
        raise NotImplementedError

    async def no_response(read: Read, q: str) -> str:
        raise NotImplementedError

    for endpoint in (several, a_body, the_request, no_door, no_response):
        assert Parameters.of(endpoint, "/", Read) is None, endpoint.__name__
