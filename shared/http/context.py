"""What surrounds every request: its id, answered as `X-Request-Id`, and the trace it belongs to."""

import re
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any

from opentelemetry import trace
from opentelemetry.propagate import inject
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import new_id
from shared.http.access_log import log_request
from shared.telemetry import current_request_id, measure

_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_KEY = "attest.request_id"
_BESIDES = "attest.headers"
_TOO_LARGE = 413
_FAILED = 500  # what a request counts as until it has an answer
_CUT_OFF = 499  # what a request counts as whose client went away before the answer, as nginx and others count it
_PLAIN = b"text/plain; charset=utf-8"  # what Starlette's body limit answers, which is no problem+json
Unforeseen = Callable[[Request, Exception], Awaitable[Response]]


def request_id_of(scope: Any) -> str:
    """The id of the request of this ASGI scope."""
    return str(scope.get(_KEY, ""))


def answer_with(request: Request, headers: Mapping[str, str]) -> None:
    """Have these headers on whatever this request is answered, refusals too: for a protocol that asks for it."""
    request.scope[_BESIDES] = [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class RequestContext:
    """Takes the caller's request id when it is well formed, makes one otherwise, and answers it with the trace."""

    def __init__(self, app: ASGIApp, unforeseen: Unforeseen, too_large: Callable[[Request], Response]) -> None:
        self._app = app
        self._too_large = too_large
        self._unforeseen = unforeseen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if _ACCEPTABLE.fullmatch(given) else str(new_id())
        scope[_KEY] = request_id
        token = current_request_id.set(request_id)
        exchange = _Exchange(scope, receive, send, self._too_large)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            exchange.cut_off = not exchange.started  # nobody is left to answer, and nothing of ours has failed
        except Exception as error:  # Starlette would answer it outside of here, without the id that leads to the log
            if exchange.started:
                raise
            answer = await self._unforeseen(Request(scope), error)
            await answer(scope, receive, exchange.send)
        finally:
            exchange.end()
            current_request_id.reset(token)


class _Exchange:
    """One request and its answer as they pass, with what metrics and log say of them at the end."""

    __slots__ = ("_began", "_receive", "_replaced", "_scope", "_send", "_too_large", "cut_off", "started", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send, too_large: Callable[[Request], Response]) -> None:
        self._scope, self._receive, self._send, self._too_large = scope, receive, send, too_large
        self._began = perf_counter()
        self._replaced = False
        self.status = _FAILED
        self.started = self.cut_off = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self.started:
            self.cut_off = True
        return message

    async def send(self, message: Message) -> None:
        if self._replaced:
            return  # the rest of an answer that another has taken the place of
        if message["type"] == "http.response.start":
            headers = message["headers"]
            if message["status"] == _TOO_LARGE and not self.started and (b"content-type", _PLAIN) in headers:
                await self._too_large(Request(self._scope))(self._scope, self._receive, self.send)
                self._replaced = True
                return
            self.started, self.status = True, message["status"]
            message["headers"] = [*headers, (b"x-request-id", self._scope[_KEY].encode()), *_trace()]
            message["headers"] += self._scope.get(_BESIDES, ())
        await self._send(message)

    def end(self) -> None:
        status, seconds = _CUT_OFF if self.cut_off else self.status, perf_counter() - self._began
        measure(self._scope, status, seconds)
        log_request(self._scope, status, seconds)


def _trace() -> list[tuple[bytes, bytes]]:
    """The headers that name the trace this request is in; most are in none, and asking costs less than injecting."""
    if trace.get_current_span() is trace.INVALID_SPAN:
        return []
    carrier: dict[str, str] = {}
    inject(carrier)
    return [(name.encode(), value.encode()) for name, value in carrier.items()]
