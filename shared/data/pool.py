"""The connections for reads, each lent for one statement, which leaves nothing behind on it.

asyncpg's own pool gives a connection back in a shielded task of its own and sets a timer for it each time, which is a
tenth of what a read costs (docs/decisions/0004). It is made for transactions; a single statement needs none of that.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from shared.data.outages import NoFreeConnection


class ReadPool:
    """Up to `size` connections, made when first needed; who comes when all are lent waits up to `wait` seconds."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, *, wait: float) -> None:
        self._connect = connect
        self._wait = wait
        self._slots = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []

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
            if not connection.is_closed():
                return connection
        return None
