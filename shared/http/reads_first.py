"""Reads are found by their path and answered without the layers that they do not need (docs/decisions/0004).

Starlette compares a path with one route after the other, and wraps each answer in what bodies and dependencies need; a
read has neither. Whatever is not found here goes on to Starlette, which answers it as ever.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.convertors import StringConvertor
from starlette.types import Receive, Scope, Send

from shared.http.doors import Handle
from shared.http.operations import Operation
from shared.http.problems import in_context, refusal
from shared.telemetry import answered, serving

_READ = "attest.read"
_Template = tuple[str | None, ...]


class ReadsFirst:
    """An application whose reads are answered here, each in its context; everything else is FastAPI's to answer."""

    def __init__(self, app: FastAPI, *, traced: bool) -> None:
        self._app = app
        self._index = Index(app.routes)
        self._answer = in_context(_answer_in_span if traced else _answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._index.find(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        scope["route"], scope["path_params"], scope[_READ] = found
        await self._answer(scope, receive, send)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    response = await _response(Request(scope, receive, send))
    await response(scope, receive, send)


async def _answer_in_span(scope: Scope, receive: Receive, send: Send) -> None:
    with serving(scope) as span:
        response = await _response(Request(scope, receive, send))
        answered(span, response.status_code)
        await response(scope, receive, send)


async def _response(request: Request) -> Response:
    try:
        response: Response = await request.scope[_READ](request)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is answered as a problem
        response = await refusal(request, error)
    return response


class Index:
    """The reads by their paths' length and noun; among those of one noun, the first declared wins."""

    def __init__(self, routes: Iterable[Any]) -> None:
        self._by_noun: dict[tuple[int, str], list[tuple[_Template, list[str], Operation]]] = defaultdict(list)
        for route in routes:
            if isinstance(route, Operation) and "GET" in (route.methods or ()):
                assert all(isinstance(convertor, StringConvertor) for convertor in route.param_convertors.values()), (
                    route.path
                )
                segments = route.path_format.split("/")
                template = tuple(None if segment.startswith("{") else segment for segment in segments)
                names = [segment.strip("{}") for segment in segments if segment.startswith("{")]
                self._by_noun[_noun(segments)].append((template, names, route))

    def find(self, path: str) -> tuple[Operation, dict[str, str], Handle] | None:
        """The operation of this path, its parameters, and how to answer; None for what Starlette has to answer."""
        segments = path.split("/")
        for template, names, operation in self._by_noun.get(_noun(segments), ()):
            pairs = list(zip(template, segments, strict=True))
            given = [segment for part, segment in pairs if part is None]
            if all(given) and all(part is None or part == segment for part, segment in pairs):
                parameters = dict(zip(names, given, strict=True))
                return (operation, parameters, operation.read) if operation.read else None
        return None


def _noun(segments: list[str]) -> tuple[int, str]:
    """How long a path is, and its noun: `/v1/<noun>/…`."""
    return len(segments), "/".join(segments[1:3])
