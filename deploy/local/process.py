"""One process that is started, watched, started again when it dies, and stopped.

honcho, the usual choice, ends everything when one process ends. A stack whose parts are killed on purpose, to see
what is lost, needs the opposite.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from deploy.local.command import Child, Command, end, last_lines, spawn
from deploy.local.errors import StackError
from deploy.local.probe import POLL, Probe
from deploy.local.progress import Phase, Report, Step
from deploy.local.state import State

READY_LIMIT = 180.0  # seconds; six services start at once, on one slow core too
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


async def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Part:
    """What a process is, apart from whether it runs just now."""

    name: str
    command: Command
    ready: Probe
    prepare: Callable[[], Awaitable[None]] = nothing


@dataclass
class Process:
    """A part while it runs: it is started again whenever it dies, unless it keeps dying."""

    part: Part
    state: State
    report: Report
    patience: int | None
    """How many deaths within `window` seconds are taken as bad luck; None never gives up."""
    window: float
    failure: asyncio.Future[None]
    _child: Child | None = field(default=None, init=False)
    _watcher: asyncio.Task[None] | None = field(default=None, init=False)
    _deaths: list[float] = field(default_factory=list, init=False)

    @property
    def pid(self) -> int:
        """The id of the living process, or of the last one."""
        if self._child is None:
            raise StackError(f"{self.part.name} has not been started.")
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs at this moment."""
        return self._child is not None and self._child.returncode is None

    def kill(self) -> None:
        """End the process at once with SIGKILL, as a crash would; it will be started again."""
        if self._child and self.alive:
            self._child.kill()

    async def start(self) -> None:
        """Start for the first time and wait until ready; dying now is an error and not bad luck."""
        began = time.monotonic()
        self.report(Step(self.part.name, Phase.STARTING))
        self.state.rotate(self.part.name)
        await self._spawn()
        why = await self._become_ready()
        if why:
            raise StackError(f"{self.part.name} did not start: {why} (log: {self.state.log(self.part.name)}).")
        self._watcher = asyncio.create_task(self._watch(), name=f"watch {self.part.name}")
        self._watcher.add_done_callback(self._pass_on)
        self.report(Step(self.part.name, Phase.READY, milliseconds=since(began)))

    async def stop(self) -> None:
        """Ask the process to end, and end it by force only when it takes too long."""
        if self._watcher:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
        if not self._child:
            return
        note = await end(self._child, self.part.command)
        self.state.forget(self.part.name)
        self.report(Step(self.part.name, Phase.STOPPED, note))

    async def _spawn(self) -> None:
        await self.part.prepare()
        self._child = await spawn(self.part.command, self.state.log(self.part.name))
        self.state.remember(self.part.name, self._child.pid)

    async def _become_ready(self) -> str | None:
        """Return nothing once ready, or why it is not after all."""
        why: str | None = "it did not answer"
        deadline = time.monotonic() + READY_LIMIT
        while time.monotonic() < deadline:
            if not self.alive:
                return last_lines(self.state.log(self.part.name))
            why = await self.part.ready()
            if why is None and self.alive:
                return None
            await asyncio.sleep(POLL)
        return f"{why} after {READY_LIMIT:.0f} seconds"

    async def _watch(self) -> None:
        """Start the process again each time it dies, a little later each time it dies again soon."""
        while self._child:
            code = await self._child.wait()
            self.report(Step(self.part.name, Phase.DIED, describe(code)))
            now = time.monotonic()
            self._deaths = [*(death for death in self._deaths if now - death < self.window), now]
            if self.patience is not None and len(self._deaths) >= self.patience:
                raise self._give_up()
            await asyncio.sleep(min(FIRST_PAUSE * 2 ** (len(self._deaths) - 1), LONGEST_PAUSE))
            await self._spawn()
            if await self._become_ready() is None:
                self.report(Step(self.part.name, Phase.RESTARTED, milliseconds=since(now)))

    def _give_up(self) -> StackError:
        log = self.state.log(self.part.name)
        return StackError(
            f"{self.part.name} died {len(self._deaths)} times within {self.window:.0f} seconds and is not started "
            f"again: {last_lines(log)} (log: {log})."
        )

    def _pass_on(self, watcher: asyncio.Task[None]) -> None:
        """Tell whoever waits for the stack why nobody watches this process any more."""
        error = None if watcher.cancelled() else watcher.exception()
        if isinstance(error, OSError):
            error = StackError(f"{self.part.name} cannot be started again: {error}.")
        if error and not self.failure.done():
            self.failure.set_exception(error)


def describe(code: int) -> str:
    """Say how a process ended."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def since(moment: float) -> int:
    """Milliseconds since a moment of the monotonic clock."""
    return round((time.monotonic() - moment) * 1000)
