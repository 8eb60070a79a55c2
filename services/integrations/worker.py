"""A worker of work outside: begins what is due side by side, outside any transaction, and records what came of it."""

import asyncio
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import asyncpg

from shared.platform import Platform

_PATIENCE = 0.05

Ended = TypeVar("Ended")
Whose = TypeVar("Whose")


class Worker(ABC, Generic[Ended, Whose]):
    """The work that this process has under way, with whose it is, and what has ended and is not recorded yet."""

    def __init__(self) -> None:
        self._under_way: dict[asyncio.Task[Ended], Whose] = {}
        self._ended: list[Ended] = []

    async def turn(self, platform: Platform, connection: asyncpg.Connection) -> float | None:
        """Record what has ended, begin what is due, and wait a moment for the next to end."""
        await self._record(platform)
        begun = await self._begin(platform, connection)
        if not self._under_way:
            return 0 if begun else None
        ended, _ = await asyncio.wait(self._under_way, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            del self._under_way[task]
            self._ended.append(task.result())
        return 0

    async def finish(self) -> None:
        """Let go of what is under way: its leases run out, and then it is due again."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._under_way.clear()

    @abstractmethod
    async def _record(self, platform: Platform) -> None:
        """Record what has ended, and drop each from `_ended` once it is committed."""

    @abstractmethod
    async def _begin(self, platform: Platform, connection: asyncpg.Connection) -> bool:
        """Lease what is due, as far as there is room, and begin it; whether anything was begun."""
