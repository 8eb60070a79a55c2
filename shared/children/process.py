"""One child process, seen from the service: started without the service's secrets, asked, and ended."""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import IO, Any, NoReturn

from shared.children.child import END, HEADER, PART
from shared.children.task import MEBIBYTE, ChildTask
from shared.problems import Fault, LimitExceeded

Parts = Iterable[bytes] | AsyncIterable[bytes]

PART_BYTES = 256 * 1024

_ROOT = Path(__file__).parents[2]
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "TZ")
# How native code ends that gets no memory, and what the kernel does when the machine has none left.
_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL})
_log = logging.getLogger(__name__)


class ChildFailed(Exception):  # noqa: N818 - an error of ours, answered as one
    """The task has an error in it; the text is its traceback."""


class Child:
    """A running child, which takes one call at a time, and another as long as it is `ready`."""

    def __init__(self, task: ChildTask, process: Process, reader: StreamReader, writer: StreamWriter) -> None:
        self._task = task
        self._process = process
        self._reader = reader
        self._writer = writer
        self.uses = 0
        self.ready = True
        self._left = 0  # bytes of the answer

    @property
    def alive(self) -> bool:
        """Whether the process has not ended by itself, or by another's hand."""
        return self._process.returncode is None

    @classmethod
    async def start(cls, task: ChildTask) -> "Child":
        """Start a process that imports the task's module, with none of the service's settings in its environment."""
        limits = task.limits
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "shared.children.child", task.module, task.function),
                *(str(limits.memory), str(limits.processor_seconds), str(limits.elapsed_seconds)),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                cwd=_ROOT,
                env={name: os.environ[name] for name in _INHERITED if name in os.environ},
                start_new_session=True,  # Ctrl-C is the service's to answer
            )
        return cls(task, process, *await asyncio.open_connection(sock=ours))

    async def call(self, arguments: Any, given: Parts) -> list[bytes]:
        """The parts of the answer. `LimitExceeded`, one of the task's own problems, or `ChildFailed`."""
        async with aclosing(self.stream(arguments, given)) as parts:
            return [part async for part in parts]

    async def stream(self, arguments: Any, given: Parts) -> AsyncGenerator[bytes]:
        """The parts of the answer as they come; refused as by `call`. The child waits for whoever takes them slowly."""
        self.uses += 1
        self.ready = False
        self._left = self._task.limits.answer
        feeding = asyncio.create_task(self._feed(arguments, given))
        try:
            while isinstance(part := await self._next(feeding), bytes):
                yield part
            await feeding
        finally:
            feeding.cancel()
        if part is not None:
            self._failed(part)
        self.ready = True

    async def end(self) -> None:
        """Kill it, whatever it is doing, and see it gone."""
        self._kill()
        self._writer.close()
        await self._process.wait()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def _feed(self, arguments: Any, given: Parts) -> None:
        try:
            await self._send(PART, json.dumps(arguments).encode())
            async for part in _each(given):
                if part:
                    await self._send(PART, part)
            await self._send(END, b"")
        except ConnectionError:
            pass  # it is gone, and its exit status says why
        except BaseException:
            self._kill()  # it would wait for the rest
            raise

    async def _send(self, kind: bytes, content: bytes) -> None:
        self._writer.write(HEADER.pack(kind, len(content)))
        self._writer.write(content)
        await self._writer.drain()

    async def _next(self, feeding: asyncio.Task[None]) -> bytes | dict[str, Any] | None:
        """The next part of the answer; None at its end, or what went wrong."""
        try:
            kind, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
            content = b"" if self._left < length else await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            if feeding.done() and (broken := feeding.exception()):
                raise broken from error
            await self._died()
        self._left -= length
        if self._left < 0:
            raise self._exceeded(f"may come to {self._task.limits.answer:,} bytes, and this comes to more")
        if kind == PART:
            return content
        return None if kind == END else dict(json.loads(content))

    def _failed(self, failure: dict[str, Any]) -> NoReturn:
        match failure:
            case {"limit": "memory"}:
                raise self._too_large()
            case {"limit": _}:
                raise self._exceeded("takes input that is nested less deep than this")
            case {"problem": slug, "detail": detail, "faults": faults, "more_faults": more}:
                for problem in self._task.refuses:
                    if problem.slug == slug:
                        self.ready = True
                        raise problem(detail, faults=[Fault(*fault) for fault in faults], more_faults=more)
        raise ChildFailed(failure.get("error") or f"{self._task.function} raised {failure}, which it does not declare")

    async def _died(self) -> NoReturn:
        limits, status = self._task.limits, await self._process.wait()
        _log.warning("%s.%s ended with status %s", self._task.module, self._task.function, status)
        if status == -signal.SIGPROF:
            raise self._exceeded(f"may take {limits.processor_seconds:g} seconds of processor time")
        if status == -signal.SIGALRM:
            raise self._exceeded(f"may take {limits.elapsed_seconds:g} seconds")
        if status in _OUT_OF_MEMORY:
            raise self._too_large()
        raise ChildFailed(f"{self._task.module} ended with status {status}")

    def _too_large(self) -> LimitExceeded:
        return self._exceeded(f"may take {self._task.limits.memory // MEBIBYTE} MiB of memory")

    def _exceeded(self, limit: str) -> LimitExceeded:
        return LimitExceeded(f"{self._task.doing} {limit}.")


def parts_of(file: IO[bytes]) -> Iterable[bytes]:
    """What a file holds, as parts to give to a call."""
    return iter(lambda: file.read(PART_BYTES), b"")


async def _each(given: Parts) -> AsyncIterator[bytes]:
    if isinstance(given, AsyncIterable):
        async for part in given:
            yield part
    else:
        for part in given:
            yield part
