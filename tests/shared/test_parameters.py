"""Reads check their parameters with one model; it must accept and refuse exactly what FastAPI would."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import Body, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field

from shared.data.queries import ListQuery
from shared.http.doors import Read
from shared.http.fields import Instant, Search
from shared.http.parameters import Parameters, RepeatedParameter, UnknownParameter, query_of

_KEY = "01900000-0000-7000-8000-000000000000"
_KNOWN = {"limit": False, "cursor": False, "sort": False, "q": False, "open": False, "as_of": False, "tags": True}
_QUERIES = [
    "",
    "limit=5&cursor=abc&sort=-code&q=x&open=true&as_of=2026-01-01T00:00:00Z",
    "limit=0",
    "limit=201&sort=up&q=%00",
    "limit=&q=",
    "limit=five&open=perhaps&as_of=2026-01-01",
    "cursor=" + "x" * 601,
    "tags=a&tags=b",
    "tags=a&limit=x",
]


class _Asked(ListQuery):
    sort: Literal["code", "-code"] = "code"
    q: Search | None = Field(default=None, description="In the title")
    open: bool | None = None
    as_of: Instant | None = None
    tags: list[str] = Field(default=[])


_Query = Annotated[_Asked, Query()]


async def _theirs(key: UUID, query: _Query) -> Response:
    return _told({"key": key, **query.__dict__})


async def _ours(read: Read, key: UUID, query: _Query) -> Response:
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
    app.add_api_route("/theirs/{key}", _theirs)
    parameters = Parameters.of(_ours, "/ours/{key}", Read)
    assert parameters is not None
    assert parameters.door == "read"

    async def ours(request: Request) -> Response:
        values = parameters.read(request, query_of(request.scope["query_string"], _KNOWN))
        return _told({"key": values["key"], **values["query"].__dict__})

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
    async def a_loose_one(read: Read, q: Annotated[str | None, Query()] = None) -> Response:
        raise NotImplementedError

    async def a_body(read: Read, body: Annotated[dict[str, str], Body()]) -> Response:
        raise NotImplementedError

    async def the_request(read: Read, request: Request) -> Response:
        raise NotImplementedError

    async def no_door(query: _Query) -> Response:
        raise NotImplementedError

    async def no_response(read: Read, query: _Query) -> str:
        raise NotImplementedError

    for endpoint in (a_loose_one, a_body, the_request, no_door, no_response):
        assert Parameters.of(endpoint, "/", Read) is None, endpoint.__name__


@pytest.mark.parametrize(
    ("query", "name", "hint"),
    [
        (b"statuss=draft", "statuss", "did you mean 'status'?"),
        (b"limit=5&Status=draft", "Status", "did you mean 'status'?"),
        (b"zzz", "zzz", "known are limit, status"),
        (b"%C3%BC%00=1", "\u00fc\x00", "known are limit, status"),
        (b"x" * 60_000, "x" * 60, "known are limit, status"),
    ],
)
def test_an_unknown_parameter_is_refused_with_the_nearest_known_one(query: bytes, name: str, hint: str) -> None:
    with pytest.raises(UnknownParameter) as refused:
        query_of(query, {"limit": False, "status": False})
    assert refused.value.status == 400
    assert [fault.pointer for fault in refused.value.faults] == [f"query/{name}"]
    assert refused.value.detail.endswith(hint)


def test_an_operation_without_parameters_says_so() -> None:
    with pytest.raises(UnknownParameter, match="takes none"):
        query_of(b"a=1", {})


def test_a_parameter_of_one_value_is_refused_when_repeated_and_a_list_is_not() -> None:
    with pytest.raises(RepeatedParameter, match="'status' takes one value"):
        query_of(b"status=draft&status=draft", {"status": False})
    assert query_of(b"tag=a&tag=b", {"tag": True}) == {"tag": ["a", "b"]}
