"""One command as a process: started under the guard or as a fork, ended politely, or waited for."""

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.errors import StackError
from deploy.local.forks import fork
from deploy.local.guard import Account, guarded
from deploy.local.state import State

STOP_LIMIT = 15.0
# How PostgreSQL, NATS, Traefik and Python begin to say why they end.
REASONS = ("FATAL", "PANIC", "[FTL]", '"level":"error"', "Error: ", "Exception: ")


@dataclass(frozen=True)
class Command:
    """What is run, with what around it."""

    words: list[str]
    environment: Mapping[str, str]
    directory: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_limit: float = STOP_LIMIT
    forked: bool = False
    """Whether it is `python -m module …` of Attest's own, which shares what it imports with others (`forks`)."""


class Child(Protocol):
    """A process that was started: what `asyncio.subprocess` and `forks` have in common."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


async def spawn(command: Command, log: Path) -> Child:
    """Start a command in a session of its own, so that Ctrl-C reaches the runner alone."""
    if command.forked:
        return await fork(command.words, command.environment, command.directory, log, command.stop_signal)
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            *guarded(command.words, command.stop_signal, command.account),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
            cwd=command.directory,
            env=command.environment,
            start_new_session=True,
        )


async def end(child: Child, command: Command) -> str:
    """End a child and wait for it; return what had to be done beyond asking."""
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(command.stop_signal)
    try:
        await asyncio.wait_for(child.wait(), command.stop_limit)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        return f"by force, after {command.stop_limit:.0f} seconds"
    return ""


async def run_to_end(name: str, command: Command, state: State) -> None:
    """Run a command that ends by itself, and complain if it ends badly."""
    log = state.rotate(name)
    child = await spawn(command, log)
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        await end(child, command)
        raise
    if code:
        raise StackError(f"{name} failed: {last_lines(log)} (log: {log}).")


def last_lines(log: Path) -> str:
    """Return the last line of a log that sounds like a reason, or else the last that says anything."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    reasons = [line for line in lines if any(sound in line for sound in REASONS)]
    return [*lines, *reasons][-1][:300].rstrip(".") if lines else "it said nothing"
