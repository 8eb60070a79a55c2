"""Loops of which only one runs per service, however many processes: relay, sealer, schedule."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from shared.platform import Platform

Turn = Callable[[asyncpg.Connection], Awaitable[float | None]]
_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.2


async def lead(platform: Platform, name: str, turn: Turn, *, pause: float, wake: asyncio.Event | None = None) -> None:
    """Take turns for as long as this process holds the lock named `name`; wait for it otherwise. Never returns.

    A turn says in how many seconds there is more to do, or None when it knows of nothing: then `pause`, or `wake`. A
    PostgreSQL advisory lock belongs to the connection, so a dead leader's lock is free as soon as its connection is,
    and the next takes over.
    """
    while True:
        try:
            connection = await platform.database.worker_connection()
            try:
                await _wait_for_lock(connection, name)
                _log.info("leading: %s", name)
                await _take_turns(connection, turn, pause, wake)
            finally:
                connection.terminate()
        except Exception as error:  # noqa: BLE001 - whatever it was, the work is still there and is begun again
            _log.warning("%s starts again: %s: %s", name, type(error).__name__, error)
            await asyncio.sleep(_RETRY_SECONDS)


async def _wait_for_lock(connection: asyncpg.Connection, name: str) -> None:
    while not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", name):  # noqa: ASYNC110
        await asyncio.sleep(_RETRY_SECONDS)  # the lock is the database's, and it tells nobody


async def _take_turns(connection: asyncpg.Connection, turn: Turn, pause: float, wake: asyncio.Event | None) -> None:
    wake = wake or asyncio.Event()
    while True:
        wake.clear()
        again = await turn(connection)
        if again == 0:
            continue
        # Not `wait_for`, which can lose a cancellation that comes at the moment of the bell.
        with suppress(TimeoutError):
            async with asyncio.timeout(pause if again is None else again):
                await wake.wait()
