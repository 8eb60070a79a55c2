"""The children of a service process: started when needed, kept warm for a while, and never more than each task says."""

import asyncio
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any
from uuid import UUID

from shared.children.process import Child, Parts
from shared.children.task import ChildTask
from shared.problems import Busy, LimitExceeded

_MOST_USES = 50  # then a new one takes its place, so that nothing that libraries keep adds up
_IDLE_SECONDS = 30.0
_WAIT_SECONDS = 20.0
_GRACE_SECONDS = 10.0  # to start and to import; by the limits themselves a child is ended by the kernel


class Children:
    """Runs calls in child processes. One for each service process; `close` ends them all."""

    def __init__(self) -> None:
        self._turns: dict[ChildTask, Turns] = {}
        self._idle: dict[ChildTask, list[tuple[Child, asyncio.TimerHandle]]] = defaultdict(list)
        self._ending: set[asyncio.Task[None]] = set()

    async def run(self, task: ChildTask, org_id: UUID, arguments: Any = None, given: Parts = ()) -> list[bytes]:
        """The parts that the task's function yields for these arguments and byte strings.

        `LimitExceeded` when it needs more than it may have, `Busy` when too many calls wait already, or a problem that
        the task declares.
        """
        turns = self._turns.setdefault(task, Turns(task.at_once, task.waiting))
        async with turns.turn(org_id):
            child = self._take(task) or await Child.start(task)
            deadline = asyncio.timeout(task.limits.elapsed_seconds + _GRACE_SECONDS)
            try:
                async with deadline:
                    return await child.call(arguments, given)
            except TimeoutError as error:
                if deadline.expired():
                    raise LimitExceeded(f"{task.doing} may take {task.limits.elapsed_seconds:g} seconds.") from error
                raise
            finally:
                self._put_back(task, child)

    async def stream(
        self, task: ChildTask, org_id: UUID, arguments: Any = None, given: Parts = ()
    ) -> AsyncGenerator[bytes]:
        """The parts as they come, for answers that are too large to be kept; refused as by `run`. Close it: `aclosing`.

        The time that its reader takes counts as well.
        """
        turns = self._turns.setdefault(task, Turns(task.at_once, task.waiting))
        async with turns.turn(org_id):
            child = self._take(task) or await Child.start(task)
            try:
                async with aclosing(child.stream(arguments, given)) as parts:
                    async for part in parts:
                        yield part
            finally:
                self._put_back(task, child)

    async def close(self) -> None:
        """End every child that waits for a call."""
        for idle in self._idle.values():
            for child, expiry in idle:
                expiry.cancel()
                self._end(child)
            idle.clear()
        await asyncio.gather(*self._ending)

    def _take(self, task: ChildTask) -> Child | None:
        while self._idle[task]:
            child, expiry = self._idle[task].pop()
            expiry.cancel()
            if child.alive:
                return child
            self._end(child)
        return None

    def _put_back(self, task: ChildTask, child: Child) -> None:
        if not child.ready or child.uses >= _MOST_USES:
            self._end(child)
            return
        expiry = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._expire, task)
        self._idle[task].append((child, expiry))

    def _expire(self, task: ChildTask) -> None:
        child, _ = self._idle[task].pop(0)
        self._end(child)

    def _end(self, child: Child) -> None:
        ending = asyncio.create_task(child.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


class Turns:
    """So many calls at once; the others wait, and organisations take turns, however much one of them asks for."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free = at_once
        self._most = waiting
        self._waiting: OrderedDict[UUID, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, org_id: UUID) -> AsyncIterator[None]:
        """Hold a turn. `Busy` when too many wait, or when it does not come soon enough."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(org_id)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, org_id: UUID) -> None:
        waiting = Counter(whose for whose, places in self._waiting.items() for place in places if not place.done())
        if waiting[org_id] >= self._most // 4 or waiting.total() >= self._most:
            raise _busy()
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(org_id, deque()).append(place)
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await place
        except BaseException as error:
            if place.done() and not place.cancelled():  # the turn came in the moment of giving up
                self._pass_on()
            if isinstance(error, TimeoutError):
                raise _busy() from error
            raise

    def _pass_on(self) -> None:
        """Give the turn to the organisation that has waited longest for one, which then waits behind the others."""
        while self._waiting:
            org_id, places = self._waiting.popitem(last=False)
            place = places.popleft()
            if places:
                self._waiting[org_id] = places
            if not place.done():
                place.set_result(None)
                return
        self._free += 1


def _busy() -> Busy:
    return Busy("Too many requests of this kind are being worked on; try again.", headers={"Retry-After": "5"})
