"""The hub: one reader of the log a process, which hands each event to the streams that may tell it.

A stream has a queue of bounded length. Who reads too slowly to keep it short is closed, and goes on from the last place
that it has read. Nothing is asked of the database for a stream, but once for each engagement that somebody listens to.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.gateway.live.streams.queries import logged_after, newest_place, shown_to
from services.gateway.live.streams.rules import Asked, Happening
from services.gateway.settings import settings_of
from shared.identity.callers import Fence
from shared.platform import Platform
from shared.problems import TooManyRequests
from shared.telemetry import streams_ended, streams_open

_PAUSE_SECONDS = 0.1
_LONGEST_QUEUE = 1000
_RETRY_AFTER = "10"
_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Listener:
    """A stream that is open: what waits to be sent, None once its client has gone.

    `lost` when nothing more is sent; `slow` when that is because it read too slowly.
    """

    asked: Asked
    queue: asyncio.Queue[Happening | None] = field(default_factory=lambda: asyncio.Queue(_LONGEST_QUEUE))
    lost: bool = False
    slow: bool = False

    def tell(self, happening: Happening | None) -> None:
        """Queue an event, if there is room."""
        try:
            self.queue.put_nowait(happening)
        except asyncio.QueueFull:
            self.lost = self.slow = True


class Hub:
    """`place` is how far the log has been handed to the streams of this process."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._settings = settings_of(platform)
        self._listeners: dict[UUID, set[Listener]] = defaultdict(set)
        self._reading: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self.place = 0
        streams_open.add(0)
        for why in ("slow", "over"):
            streams_ended.add(0, {"reason": why})

    async def join(self, asked: Asked) -> tuple[Listener, int]:
        """A new stream, and the place from which on it is told; `TooManyRequests` when there are enough."""
        self._require_room(asked)
        async with self._beginning:
            if self._reading is None:
                async with self._platform.database.across_organisations() as look:
                    self.place = await newest_place(look)
                self._reading = asyncio.create_task(self._read())
        listener = Listener(asked)
        self._listeners[asked.caller.org_id].add(listener)
        streams_open.add(1)
        return listener, self.place

    def leave(self, listener: Listener) -> None:
        """The stream has ended. Without any the log is not read."""
        org_id = listener.asked.caller.org_id
        self._listeners[org_id].discard(listener)
        streams_open.add(-1)
        streams_ended.add(1, {"reason": "slow" if listener.slow else "over"})
        if not self._listeners[org_id]:
            del self._listeners[org_id]
        if not self._listeners and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _require_room(self, asked: Asked) -> None:
        there = self._listeners.get(asked.caller.org_id, set())
        own = sum(listener.asked.caller.subject == asked.caller.subject for listener in there)
        for open_streams, most, whose in (
            (len(there), self._settings.streams_per_organisation, "the organisation"),
            (own, self._settings.streams_per_caller, "this caller"),
        ):
            if open_streams >= most:
                detail = f"{most} event streams of {whose} are open already; close one, or share one."
                raise TooManyRequests(detail, headers={"Retry-After": _RETRY_AFTER})

    async def _read(self) -> None:
        while True:
            try:
                async with self._platform.database.across_organisations() as look:
                    happened = await logged_after(look, self.place)
                if happened:
                    await self._hand_out(happened)
                    self.place = happened[-1].position
                    continue
            except Exception as error:  # noqa: BLE001 - whatever it was, the log is still there and is read on
                _log.warning("event streams wait: %s: %s", type(error).__name__, error)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _hand_out(self, happened: Sequence[Happening]) -> None:
        shown = await self._shown_to_engagements(happened)
        for happening in happened:
            for listener in self._listeners.get(happening.org_id, ()):
                if listener.asked.caller.engagement is None and listener.asked.hears(happening):
                    listener.tell(happening)
            for listener, positions in shown.items():
                if happening.position in positions and listener.asked.hears(happening):
                    listener.tell(happening)

    async def _shown_to_engagements(self, happened: Sequence[Happening]) -> dict[Listener, frozenset[int]]:
        """What the listeners with a token for one engagement are shown of this: asked once for each engagement."""
        positions = [happening.position for happening in happened]
        asked: dict[Fence, frozenset[int]] = {}
        # Another may begin to listen while the database answers, and is told of this as well.
        while new := [each.asked.caller for each in self._in_engagements() if each.asked.caller.fence not in asked]:
            asked[new[0].fence] = await shown_to(self._platform.database, new[0], positions)
        return {listener: asked[listener.asked.caller.fence] for listener in self._in_engagements()}

    def _in_engagements(self) -> list[Listener]:
        return [each for listeners in self._listeners.values() for each in listeners if each.asked.caller.engagement]
