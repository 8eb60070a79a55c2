"""Pools of connections to the database: as many as the load needs, and fewer again when it is over.

Each PostgreSQL connection is a process of some megabytes. A pool lends the connection that was used last, so that those
that the load does not need stay idle; how many were idle at the least since the last look is how many can be closed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
from sqlalchemy import AsyncAdaptedQueuePool
from sqlalchemy.pool import ConnectionPoolEntry

from shared.data.outages import NoFreeConnection


class WritePool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool of an engine, of which `close_unneeded` closes what it has not needed for a while."""

    _fewest_idle = 0

    def _do_get(self) -> ConnectionPoolEntry:
        entry = super()._do_get()
        self._fewest_idle = min(self._fewest_idle, self._pool.qsize())
        return entry

    def close_unneeded(self, *, keep: int) -> None:
        """Close the connections that have been idle since the last call, until `keep` idle ones are left."""
        last_used_first = [self._pool.get(False) for _ in range(self._pool.qsize())]
        surplus = max(0, min(self._fewest_idle, len(last_used_first) - keep))
        kept = len(last_used_first) - surplus
        for entry in reversed(last_used_first[:kept]):
            self._pool.put(entry, False)
        self._fewest_idle = kept
        for entry in last_used_first[kept:]:
            self._dec_overflow()
            entry.close()


class ReadPool:
    """Up to `size` connections, made when first needed; who comes when all are lent waits up to `wait` seconds.

    Each is lent for one statement, which leaves nothing behind on it. asyncpg's own pool gives a connection back in a
    shielded task of its own and sets a timer for it each time, which is a tenth of what a read costs
    (docs/decisions/0004). It is made for transactions; a single statement needs none of that.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, *, wait: float) -> None:
        self._connect = connect
        self._wait = wait
        self._slots = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []
        self._fewest_idle = 0

    async def fetch(self, query: str, *args: Any) -> Any:
        """All rows."""
        return await self._ask(asyncpg.Connection.fetch, query, args)

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """The first row, or None."""
        return await self._ask(asyncpg.Connection.fetchrow, query, args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row, or None."""
        return await self._ask(asyncpg.Connection.fetchval, query, args)

    async def close(self) -> None:
        """Give back every connection that is not lent."""
        while self._idle:
            await self._idle.pop().close()

    async def close_unneeded(self, *, keep: int) -> None:
        """Close the connections that have been idle since the last call, until `keep` idle ones are left."""
        surplus = max(0, min(self._fewest_idle, len(self._idle) - keep))
        unneeded, self._idle = self._idle[:surplus], self._idle[surplus:]
        self._fewest_idle = len(self._idle)
        for connection in unneeded:
            with suppress(TimeoutError, OSError, asyncpg.PostgresError):  # it is gone then, too
                await connection.close(timeout=self._wait)

    async def _ask(self, how: Callable[..., Awaitable[Any]], query: str, args: tuple[Any, ...]) -> Any:
        await self._take_slot()
        try:
            connection = self._open() or await self._connect()
            try:
                answer = await how(connection, query, *args)
            except asyncpg.PostgresError:  # the server has answered, so nothing is under way
                self._idle.append(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._idle.append(connection)
            return answer
        finally:
            self._slots.release()

    async def _take_slot(self) -> None:
        if not self._slots.locked():
            await self._slots.acquire()  # at once; a time limit would cost more than that
            return
        try:
            async with asyncio.timeout(self._wait):
                await self._slots.acquire()
        except TimeoutError as error:
            raise NoFreeConnection(f"all connections for reads were in use for {self._wait} seconds") from error

    def _open(self) -> asyncpg.Connection | None:
        """The connection that was used last; None when all that are idle were closed by the server, or none is."""
        while self._idle:
            connection = self._idle.pop()
            self._fewest_idle = min(self._fewest_idle, len(self._idle))
            if not connection.is_closed():
                return connection
        return None
