"""Doors: what an endpoint is handed to read or to change things, fenced to the caller's organisation.

A write is one transaction that is committed before it is answered, and answered again from memory when it is repeated.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, ExitStack
from datetime import datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.conclusion import conclude
from shared.data.outside import NamesControls, model_without_names, names_outside, without_names
from shared.data.pool import ReadPool
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.sessions import driver_of, instant_of, organisation_of
from shared.data.transactions import has_announced
from shared.http import idempotency
from shared.http.context import request_id_of
from shared.http.preconditions import etag, representation
from shared.identity.callers import Caller, fence_of
from shared.platform import Platform
from shared.problems import Fault, Invalid, Problem, TooLarge

# How long the news of a person may be on its way from the gateway, and how often it is looked for.
_NEWS_SECONDS = 1.0
_NEWS_PAUSE_SECONDS = 0.05
_IN_MEMORY = 1024 * 1024  # bytes
_NO_WORDS = "By a token for one engagement, this list is neither searched nor sorted by words that people wrote in it."

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Handle = Callable[[Request], Coroutine[Any, Any, Response]]


def platform_of(request: Request) -> Platform:
    """The platform of the process that serves this request."""
    platform: Platform = request.app.state.platform
    return platform


class Reader:
    """Door to reads: fenced to what the caller may see, answered with ETags."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.caller: Caller = request.state.caller
        self.platform = platform_of(request)

    @property
    def connection(self) -> ReadPool:
        """Where this caller's reads run: as the auditor role for who has a token for one engagement."""
        database = self.platform.database
        return database.auditor_reads if self.caller.engagement else database.reads

    def header(self, name: str) -> str | None:
        """A header of the request."""
        return self._request.headers.get(name)

    @property
    def app_state(self) -> Any:
        """What the service has made for this process."""
        return self._request.app.state

    async def body(self, query: One, key: Any, **values: Any) -> tuple[bytes, int]:
        """The thing as JSON, and its version; `NotFound` when there is none."""
        body, version = await query.read(self.connection, self.caller.fence, key, **values)
        return await self._shown(body, query.names_controls), version

    async def model(self, query: One, parse: Callable[[bytes], M], key: Any, **values: Any) -> M:
        """The thing as a model, for what is computed from it: as `body`, without names that stand in its texts."""
        body, _ = await query.read(self.connection, self.caller.fence, key, **values)
        if not _hides_names(self._request, self.caller, query.names_controls):
            return parse(body)
        return model_without_names(parse(body), await names_outside(self.connection, self.caller.fence))

    async def one(self, query: One, key: Any, **values: Any) -> Response:
        """The thing, with its ETag; 304 when the client has it, `NotFound` when there is none."""
        return representation(self._request, *await self.body(query, key, **values))

    async def items(self, listing: Listing, query: ListQuery, **given: Any) -> bytes:
        """One page of a list as JSON; filters that are None do not filter.

        `Invalid` for an auditor who looks for words where names of controls outside the scope may stand.
        """
        hides = _hides_names(self._request, self.caller, listing.names_controls)
        if hides and (words := [*listing.asks_for_words(query)]):
            raise Invalid(_NO_WORDS, faults=[Fault(f"query/{name}", _NO_WORDS) for name in words])
        body = await listing.read(self.connection, self.caller.fence, query, **given)
        return await self._shown(body, listing.names_controls)

    async def page(self, listing: Listing, query: ListQuery, **given: Any) -> Response:
        """One page of a list; filters that are None do not filter."""
        return Response(await self.items(listing, query, **given), media_type="application/json")

    async def _shown(self, body: bytes, names_controls: NamesControls) -> bytes:
        return await _shown(self._request, self.caller, body, names_controls)

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session for what no single select can answer: the reading's rules compute it from these rows.

        It sees the rows of the caller's own organisation, also for who has a token for one engagement.
        """
        return self.platform.database.transaction(self.caller.org_id)

    async def computed(self, answer: BaseModel, *, names_controls: NamesControls = False) -> Response:
        """What was computed from many rows: it has no version of its own, so its ETag is its digest.

        `names_controls` as of what is read.
        """
        body = await self._shown(answer.model_dump_json().encode(), names_controls)
        return representation(self._request, body, sha256(body).hexdigest()[:32])


class Writer:
    """Door to verbs: the session of this request's transaction, who calls, and when."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.session: AsyncSession = request.state.session
        self.caller: Caller = request.state.caller
        self.at: datetime = instant_of(self.session)
        self.platform = platform_of(request)

    @property
    def path(self) -> str:
        """The path of the request."""
        return self._request.url.path

    @property
    def request_id(self) -> str:
        """The request's id, by which the log is searched."""
        return request_id_of(self._request.scope)

    async def created(self, query: One, key: UUID, location: str, **values: Any) -> Response:
        """201 with the new thing as a reader would see it."""
        return await self._represented(201, query, key, {"Location": location}, values)

    async def accepted(self, query: One, key: UUID, location: str, **values: Any) -> Response:
        """202 with the job that does what was asked for, as the request preferred (RFC 7240)."""
        headers = {"Location": location, "Retry-After": "1", "Preference-Applied": "respond-async"}
        return await self._represented(202, query, key, headers, values)

    async def changed(self, query: One, key: UUID, **values: Any) -> Response:
        """200 with the thing as it is now."""
        return await self._represented(200, query, key, {}, values)

    async def _represented(
        self, status: int, query: One, key: UUID, headers: dict[str, str], values: dict[str, Any]
    ) -> Response:
        driver = await driver_of(self.session)
        body, version = await query.read(driver, fence_of(organisation_of(self.session)), key, **values)
        body = await _shown(self._request, self.caller, body, query.names_controls)
        return Response(body, status, {**headers, "ETag": etag(version)}, "application/json")


class Streamer:
    """Door to a verb whose body is streamed: no connection to the database is held while the bytes arrive."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.caller: Caller = request.state.caller
        self.platform = platform_of(request)

    def chunks(self) -> AsyncIterator[bytes]:
        """The body, as it comes."""
        return self._request.stream()

    async def spool(self, largest: int) -> IO[bytes]:
        """The whole body from its beginning, on disk once it is more than a megabyte; `TooLarge` when it is larger.

        Of a body that is a little too large the rest is read and dropped: many clients see no answer to what they have
        not sent to the end. One that says it is twice as large or more is refused before it is sent.
        """
        declared = self._request.headers.get("content-length", "")
        size = int(declared) if declared.isdecimal() and int(declared) > 2 * largest else 0
        spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
        with ExitStack() as undo:
            undo.enter_context(spool)
            if not size:
                async for chunk in self.chunks():
                    size += len(chunk)
                    if size > 2 * largest:
                        break
                    if size <= largest:
                        spool.write(chunk)
            if size > largest:
                raise TooLarge(f"The body may have {largest:,} bytes.")
            undo.pop_all()
        spool.seek(0)
        return spool

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A short transaction of its own, for what must be known even if the rest never happens."""
        return self.platform.database.transaction(self.caller.org_id)

    async def conclude(self, verb: Callable[[Writer], Awaitable[Response]]) -> Response:
        """The transaction that the answer stands for, as any other write has it, Idempotency-Key and all."""

        async def endpoint(request: Request) -> Response:
            return await verb(Writer(request))

        return await run_once(self._request, self._request.state.attempt, endpoint)


async def _streamer(request: Request) -> Streamer:
    return Streamer(request)


async def _reader(request: Request) -> Reader:
    return Reader(request)


async def _writer(request: Request) -> Writer:
    return Writer(request)


Read = Annotated[Reader, Depends(_reader)]
Write = Annotated[Writer, Depends(_writer)]
Stream = Annotated[Streamer, Depends(_streamer)]


async def _shown(request: Request, caller: Caller, body: bytes, names_controls: NamesControls) -> bytes:
    """What is answered: to an auditor without the names of controls outside the scope."""
    if not _hides_names(request, caller, names_controls):
        return body
    names = await names_outside(platform_of(request).database.auditor_reads, caller.fence)
    return without_names(body, names, names_controls or True)


def _hides_names(request: Request, caller: Caller, names_controls: NamesControls) -> bool:
    return caller.engagement is not None and bool(names_controls or request.app.state.names_controls)


async def run_once(request: Request, attempt: idempotency.Attempt | None, endpoint: Handle) -> Response:
    """Run a write as one transaction; once more where it is refused for news that may be on its way."""
    return await once_news_has_come(lambda: _run(request, attempt, endpoint))


async def once_news_has_come(transact: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction; again for a second while it is refused for another service's news that may be on its way.

    Nothing has happened then, and no connection is held while the news is waited for.
    """
    give_up = time.monotonic() + _NEWS_SECONDS
    while True:
        try:
            return await transact()
        except Problem as refused:
            if not refused.may_be_late or time.monotonic() > give_up:
                raise
        await asyncio.sleep(_NEWS_PAUSE_SECONDS)


async def _run(request: Request, attempt: idempotency.Attempt | None, endpoint: Handle) -> Response:
    platform = platform_of(request)
    async with platform.database.transaction(request.state.caller.org_id) as session:
        request.state.session = session
        await request.app.state.before_write(session, request.state.caller)
        if attempt is not None and (first := await idempotency.replay(session, attempt)):
            return first
        response = await endpoint(request)
        if attempt is not None:
            await conclude(session)
            await idempotency.remember(session, attempt, response)
    if has_announced(session):
        platform.bell.ring()
    return response
