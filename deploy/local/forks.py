"""A Python program as a fork of one process that has imported what all services share.

An interpreter with these libraries takes about 90 MiB and, on a slow core, seconds to start. Forks take neither again:
they share the memory until they write to it. `multiprocessing` keeps the process to fork from, starts it with the
first fork, and ends it with the runner. It has each fork import the file that the runner was started as, unless that is
a package started with `python -m`, as all of ours are.
"""

import asyncio
import ctypes
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["deploy.local.preloaded"])


class Fork:
    """A running fork, as `asyncio.subprocess` has its processes."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self._process = process
        self._ended = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(process.sentinel, self._note_end)

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Wait until it has ended, and return its exit code."""
        code: int = await asyncio.shield(self._ended)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal; ProcessLookupError if it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        if not self._ended.done():
            self._ended.set_result(self._process.exitcode)


async def fork(
    words: Sequence[str], environment: Mapping[str, str], directory: Path, log: Path, on_death: signal.Signals
) -> Fork:
    """Run `python -m module …` as a fork, in a session of its own, that ends when the runner does."""
    python, option, *program = words
    assert (python, option) == (sys.executable, "-m")
    arguments = (program, dict(environment), directory, log, on_death)
    process = _CONTEXT.Process(target=_run, args=arguments, daemon=True)
    await asyncio.to_thread(process.start)
    return Fork(process)


def _run(program: list[str], environment: dict[str, str], directory: Path, log: Path, on_death: signal.Signals) -> None:
    """Become the program. What it is forked from ends with the runner, and Linux tells of that death.

    Elsewhere the next start ends what a runner that was killed has left.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, on_death)
    os.setsid()
    with log.open("ab") as out:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(out.fileno(), stream.fileno())
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    sys.path.insert(0, str(directory))
    sys.argv = program
    runpy.run_module(program[0], run_name="__main__", alter_sys=True)
