"""Inside a child process: runs one function for each call, until there are no more calls.

`python -m shared.children.child MODULE FUNCTION MEMORY PROCESSOR_SECONDS ELAPSED_SECONDS`

Calls and answers are frames on standard input and output: a kind (one byte), a length (four bytes, big endian) and
that many bytes. A call is its arguments as JSON, its parts and an end; an answer is its parts and an end, or a failure
as JSON. Whatever exceeds its time is ended by a signal from the kernel, so that not even native code can prevent it.
"""

import importlib
import json
import os
import resource
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from shared.problems import Problem

PART, END, FAILURE = b"P", b"E", b"F"
HEADER = struct.Struct(">cI")
_NICENESS = 5  # behind the service itself, which answers other requests meanwhile
_LONGEST_TRACEBACK = 8_000
_STATM = Path("/proc/self/statm")


def main(module: str, function: str, memory: str, processor_seconds: str, elapsed_seconds: str) -> None:
    """Serve calls until the service closes the connection, or is gone."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints gets between the frames
    os.nice(_NICENESS)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    run = getattr(importlib.import_module(module), function)
    _limit_memory(int(memory))
    while arguments := _frame(calls):
        signal.setitimer(signal.ITIMER_PROF, float(processor_seconds))
        signal.setitimer(signal.ITIMER_REAL, float(elapsed_seconds))
        given = iter(lambda: _frame(calls), b"")
        try:
            for part in run(json.loads(arguments), given):
                _write(answers, PART, part)
                answers.flush()  # whoever takes the parts as they come does not wait for more of them
            kind, outcome = END, b""
        except Exception as error:  # noqa: BLE001 - whatever it is, the service is told
            kind, outcome = FAILURE, json.dumps(_failure(error)).encode()
        for _ in given:
            pass  # what the function left unread belongs to this call
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _write(answers, kind, outcome)
        answers.flush()


def _limit_memory(memory: int) -> None:
    """Let the process grow by this many bytes from here on."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _STATM.exists():
        size = int(_STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))


def _frame(calls: BinaryIO) -> bytes:
    """The content of the next frame; empty at the end of a call, and when there are no more calls."""
    header = calls.read(HEADER.size)
    if len(header) < HEADER.size:
        return b""
    _, length = HEADER.unpack(header)
    return calls.read(length)


def _write(answers: BinaryIO, kind: bytes, content: bytes) -> None:
    answers.write(HEADER.pack(kind, len(content)))
    answers.write(content)


def _failure(error: Exception) -> dict[str, Any]:
    """What went wrong: a problem by its slug, a limit, or an error of ours with its traceback."""
    if isinstance(error, MemoryError):
        return {"limit": "memory"}
    if isinstance(error, RecursionError):
        return {"limit": "depth"}
    if isinstance(error, Problem):
        faults = [[fault.pointer, fault.detail] for fault in error.faults]
        return {"problem": error.slug, "detail": error.detail, "faults": faults, "more_faults": error.more_faults}
    return {"error": "".join(traceback.format_exception(error))[-_LONGEST_TRACEBACK:]}


if __name__ == "__main__":
    main(*sys.argv[1:])
