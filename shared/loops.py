"""Loops of a service's own: work that is taken up as soon as it is there, by one process, however many there are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import asyncpg

from shared.events.leader import lead
from shared.platform import Platform

Take = Callable[[Platform, asyncpg.Connection], Awaitable[float | None]]
Finish = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Loop:
    """`turn` does some of the work and says in how many seconds there is more, or None when it knows of nothing.

    It is taken again after `pause` seconds, or as soon as the platform's bell rings. Its connection is the worker
    role's, which may find due rows of every organisation; what it changes, it changes in a transaction of one.
    `finish` lets go of what its turns have begun, when the process stops.
    """

    name: str
    turn: Take
    pause: float = 0.25
    finish: Finish | None = None

    async def run(self, platform: Platform) -> None:
        """Take turns for as long as this process leads; never returns."""
        turn = partial(self.turn, platform)
        try:
            await lead(platform, self.name, turn, pause=self.pause, wake=platform.bell.listener())
        finally:
            if self.finish is not None:
                await self.finish()
