import asyncio
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field
from starlette.types import Receive, Scope, Send

from services.gateway.live.stream_tickets import actions as tickets
from services.gateway.live.stream_tickets.rules import Ticket
from services.gateway.live.stream_tickets.schemas import TypePattern, Wanted
from services.gateway.live.streams.actions import Hub, Listener
from services.gateway.live.streams.queries import PAGE, PlaceQuery, logged_between, oldest_place
from services.gateway.live.streams.rules import REAUTHENTICATE, RETRY, Asked, heartbeat, is_over, place_in, reset
from services.gateway.views.told.rules import visible_kinds
from shared.clock import now
from shared.http.doors import Read, platform_of
from shared.http.operations import Routes
from shared.identity.callers import Caller
from shared.platform import Platform
from shared.problems import NotFound, Unauthenticated

routes = Routes("event streams")

_HEARTBEAT_SECONDS = 15.0
_SEND_SECONDS = 30.0
_NO_TICKET = "This address opens no stream, or has opened one: fetch another ticket."
_LAST_EVENT_ID: Any = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The id of the last event that was read, which EventSource sends by itself when it connects again",
}
_EXAMPLE = (
    'id: 48213\ndata: {"specversion":"1.0","id":"0192f3d0-7a3b-7c52-9d2e-6f1f5d6f0001","source":"/services/controls",'
    '"type":"controls.health.failing","subject":"0192f3d0-7a3b-7c52-9d2e-6f1f5d6f0002",'
    '"time":"2026-11-30T09:00:00+00:00","version":4,"data":{"kind":"control_health",'
    '"href":"/v1/controls/0192f3d0-7a3b-7c52-9d2e-6f1f5d6f0002"}}\n\n'
)
_STREAM: dict[int | str, Any] = {
    200: {
        "description": "Server-Sent Events: what happens, `reset`, and `reauthenticate` at the end",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


class StreamQuery(PlaceQuery):
    type: TypePattern | None = Field(default=None, description="A service, `service.noun` or whole type of events")
    subject: UUID | None = Field(default=None, description="Only events about this thing")


class EventStream(Response):
    """Answers with events until its client leaves, reads too slowly, or may not read any more."""

    media_type = "text/event-stream"

    def __init__(self, platform: Platform, hub: Hub, listener: Listener, *, last: int | None, begun: int) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._platform, self._hub, self._listener = platform, hub, listener
        self._last, self._begun = last, begun

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send what was missed, then what happens."""
        leaving = asyncio.create_task(self._notice_leaving(receive))
        headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            with suppress(TimeoutError, OSError):  # its client reads nothing any more, or is gone
                await self._send(send, RETRY + await self._catch_up(send))
                await self._tell(send)
            with suppress(TimeoutError, OSError):
                await send({"type": "http.response.body", "body": b""})
        finally:
            leaving.cancel()
            self._hub.leave(self._listener)

    async def _notice_leaving(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._listener.lost = True
        self._listener.tell(None)

    async def _catch_up(self, send: Send) -> bytes:
        """Send what happened since the last place that was read; what to say where that cannot be told any more."""
        asked, last = self._listener.asked, self._last
        if last is None:
            return heartbeat(self._begun)
        if not await oldest_place(self._platform.database, asked.caller) <= last <= self._begun:
            return reset(self._begun)
        while page := await logged_between(self._platform.database, asked, last, self._begun):
            await self._send(send, b"".join(happening.message for happening in page))
            last = page[-1].position
            if len(page) < PAGE:
                break
        return heartbeat(self._begun)

    async def _tell(self, send: Send) -> None:
        queue = self._listener.queue
        while not self._listener.lost:
            place = self._hub.place
            try:
                async with asyncio.timeout(_HEARTBEAT_SECONDS):
                    happening = await queue.get()
            except TimeoutError:
                message = heartbeat(place)
            else:
                if happening is None:
                    return
                message = happening.message
            if _may_read_no_more(self._platform, self._listener.asked.caller):
                await self._send(send, REAUTHENTICATE)
                return
            await self._send(send, message)

    async def _send(self, send: Send, body: bytes) -> None:
        async with asyncio.timeout(_SEND_SECONDS):
            await send({"type": "http.response.body", "body": body, "more_body": True})


@routes.get(
    "/v1/events/stream",
    permission=None,
    signed_in=True,
    auditors=True,
    response_class=Response,
    responses=_STREAM,
    openapi_extra={"parameters": [_LAST_EVENT_ID]},
)
async def stream_events(query: Annotated[StreamQuery, Query()], read: Read) -> Response:
    """Be told what happens as it happens, from the last event that was read on (Server-Sent Events).

    Each event is a CloudEvent whose `data` says where the thing is read; only what the caller may read is told. `reset`
    means that events are missing: read again by `updated_since`. The stream ends with `reauthenticate` when the token
    does, and without a word when it is read too slowly: open it again with `Last-Event-ID`.
    """
    wanted = Wanted(type=query.type, subject=query.subject)
    asked = Asked(read.caller, frozenset(visible_kinds(read.caller)), wanted)
    last = place_in(read.header("last-event-id") or query.last_event_id)
    return await _opened(read.platform, read.app_state.hub, asked, last)


@routes.get(
    "/v1/event-streams/{ticket}",
    permission=None,
    response_class=Response,
    responses=_STREAM,
    openapi_extra={"parameters": [_LAST_EVENT_ID]},
)
async def stream_events_by_ticket(ticket: str, query: Annotated[PlaceQuery, Query()], request: Request) -> Response:
    """The same stream for EventSource, which sends no token: by a ticket, which opens it once."""
    platform, token = platform_of(request), Ticket.read(ticket)
    if token is None:
        raise NotFound(_NO_TICKET)
    async with platform.database.transaction(token.org_id) as session:
        caller, wanted = await tickets.use(session, token, at=now())
    if _may_read_no_more(platform, caller):
        raise NotFound(_NO_TICKET)
    asked = Asked(caller, frozenset(visible_kinds(caller)), wanted)
    last = place_in(request.headers.get("last-event-id") or query.last_event_id)
    return await _opened(platform, request.app.state.hub, asked, last)


def _may_read_no_more(platform: Platform, caller: Caller) -> bool:
    try:
        platform.verifier.require_not_withdrawn(caller)
    except Unauthenticated:
        return True
    return is_over(caller, now())


async def _opened(platform: Platform, hub: Hub, asked: Asked, last: int | None) -> Response:
    listener, begun = await hub.join(asked)
    return EventStream(platform, hub, listener, last=last, begun=begun)
