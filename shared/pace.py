"""How work that nobody waits for gives way to what somebody does wait for."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

_IN_A_ROW = 25

T = TypeVar("T")


async def unhurried(items: Iterable[T]) -> AsyncIterator[T]:
    """One after the other, and now and then the event loop has its turn: the process has answers to give meanwhile."""
    for place, item in enumerate(items, 1):
        yield item
        if not place % _IN_A_ROW:
            await asyncio.sleep(0)


class Pace:
    """So many a second at most, and no more than a lot at once."""

    def __init__(self, per_second: float, lot: int) -> None:
        self._per_second = per_second
        self._lot = lot
        self._next = 0.0

    @property
    def wait(self) -> float:
        """The seconds until there is room."""
        return max(0.0, self._next - time.monotonic())

    @property
    def room(self) -> int:
        """How many may go now."""
        return 0 if self.wait else self._lot

    def went(self, number: int) -> None:
        """Count those that went."""
        self._next = max(time.monotonic(), self._next) + number / self._per_second
