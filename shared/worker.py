"""The work behind the HTTP door: relay, sealer, consumer, schedule; started and stopped with the process."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from shared.events.backlog import Measure, watch_backlog
from shared.events.bus import Bus
from shared.events.consumer import Consumer
from shared.events.event import Handler
from shared.events.leader import lead
from shared.events.relay import CLOCK_BURST, Relay
from shared.jobs.work import Job
from shared.jobs.worker import JobWorker
from shared.loops import Loop
from shared.pace import Pace
from shared.platform import Platform
from shared.schedule import Schedule, Sweep
from shared.trail.chain import seal

_FINISH_SECONDS = 10.0


class Worker:
    """Connects in the background, so that a process can answer HTTP while NATS is away."""

    def __init__(
        self,
        platform: Platform,
        handlers: Sequence[Handler],
        sweeps: Sequence[Sweep],
        jobs: Sequence[Job[Any]] = (),
        loops: Sequence[Loop] = (),
        measures: Sequence[Measure] = (),
    ) -> None:
        self._platform = platform
        self._handlers = handlers
        self._sweeps = sweeps
        self._jobs = jobs
        self._loops = loops
        self._measures = measures
        self._bus: Bus | None = None
        self._consumer: Consumer | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def missing(self) -> str | None:
        """What the worker lacks, for readiness."""
        return None if self._bus is not None and self._bus.connected else "NATS"

    def start(self) -> None:
        self._spawn(self._run())
        if self._jobs:
            self._spawn(JobWorker(self._platform, self._jobs).run())
        for loop in self._loops:
            self._spawn(loop.run(self._platform))
        pause = self._platform.settings.schedule_seconds
        self._spawn(
            watch_backlog(self._platform, has_jobs=bool(self._jobs), pause=pause, measures=self._measures),
        )

    async def stop(self) -> None:
        """Finish the messages in hand, then let go of everything."""
        if self._consumer is not None and self._hearing is not None:
            self._consumer.stop()
            await asyncio.wait([self._hearing], timeout=_FINISH_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._bus is not None:
            await self._bus.close()

    async def _run(self) -> None:
        platform, settings = self._platform, self._platform.settings
        bus = self._bus = await _connect(platform)
        if self._handlers:
            self._consumer = Consumer(platform, bus, self._handlers)
            self._hearing = self._spawn(self._consumer.run())
        wake, pause = platform.bell.listener, settings.poll_seconds
        relay = Relay(bus, Pace(settings.clock_events_per_second, CLOCK_BURST))
        self._spawn(lead(platform, "relay", relay.turn, pause=pause, wake=wake()))
        # Not woken: sealing right after the commit would compete with what the event is about to cause.
        self._spawn(lead(platform, "sealer", seal, pause=settings.seal_seconds))
        schedule = Schedule(platform, self._sweeps)
        self._spawn(lead(platform, "schedule", schedule.turn, pause=settings.schedule_seconds))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task


async def _connect(platform: Platform) -> Bus:
    while True:
        try:
            bus = await Bus.connect(platform.settings)
            await bus.ensure_stream()
        except Exception:  # noqa: BLE001 - readiness says that NATS is missing; here it is only tried again
            await asyncio.sleep(0.2)
        else:
            return bus
