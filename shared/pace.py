"""Rate limiting and cooperative yielding for background work."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

_IN_A_ROW = 25

T = TypeVar("T")


async def yielding(items: Iterable[T]) -> AsyncIterator[T]:
    """Iterate over items, yielding to the event loop every 25 items so that the process can answer requests."""
    for place, item in enumerate(items, 1):
        yield item
        if not place % _IN_A_ROW:
            await asyncio.sleep(0)


class Pace:
    """Token bucket: `per_second` events per second, in bursts of at most `burst`."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._next = 0.0

    @property
    def wait(self) -> float:
        """The seconds until more may be sent."""
        return max(0.0, self._next - time.monotonic())

    @property
    def room(self) -> int:
        """How many may be sent now."""
        return 0 if self.wait else self._burst

    def record_sent(self, number: int) -> None:
        """Count what was sent."""
        self._next = max(time.monotonic(), self._next) + number / self._per_second
