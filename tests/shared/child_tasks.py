"""What the tests of child processes run in them."""

import ctypes
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from shared.children.task import MEBIBYTE, ChildTask, Limits
from shared.problems import Fault, Invalid

_LIMITS = Limits(memory=64 * MEBIBYTE, processor_seconds=0.5, elapsed_seconds=30, answer=8 * MEBIBYTE)


class NotLiked(Invalid):
    """The task does not like its input."""


def _task(function: str, limits: Limits = _LIMITS) -> ChildTask:
    return ChildTask(__name__, function, f"The task {function}", limits, refuses=(NotLiked,))


def echo(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    yield json.dumps(arguments).encode()
    yield from given


def who(_arguments: Any, _given: Iterator[bytes]) -> Iterator[bytes]:
    sys.stdout.write("this goes to the log, and not between the frames")
    yield json.dumps({"pid": os.getpid(), "environment": sorted(os.environ), "niceness": os.nice(0)}).encode()


def misbehave(how: str, given: Iterator[bytes]) -> Iterator[bytes]:
    return _WAYS[how](given)


def _allocate(_given: Iterator[bytes]) -> Iterator[bytes]:
    yield b"x" * (512 * MEBIBYTE)


def _abort(_given: Iterator[bytes]) -> Iterator[bytes]:
    ctypes.CDLL(None).abort()  # as Rust does that gets no memory
    yield b""


def _collect(_given: Iterator[bytes]) -> Iterator[bytes]:
    kept: list[bytes] = []
    while len(kept) < 1_000_000:
        kept.append(bytes(MEBIBYTE))
    yield b""


def _compute(_given: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        yield from ()


def _compute_in_native_code(_given: Iterator[bytes]) -> Iterator[bytes]:
    yield str(pow(7, 10**9)).encode()


def _recurse(given: Iterator[bytes]) -> Iterator[bytes]:
    yield from _recurse(given)


def _answer_without_end(_given: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        yield bytes(MEBIBYTE)


def _refuse(given: Iterator[bytes]) -> Iterator[bytes]:
    yield next(given)
    faults = [Fault(f"/{number}", "not liked") for number in range(250)]
    raise NotLiked("Two hundred and fifty things are wrong.", faults=faults)


def _fail(_given: Iterator[bytes]) -> Iterator[bytes]:
    yield b"half of the answer"
    raise ZeroDivisionError


def _exit(_given: Iterator[bytes]) -> Iterator[bytes]:
    os._exit(3)
    yield b""


def _say(_given: Iterator[bytes]) -> Iterator[bytes]:
    yield str(os.getpid()).encode()


_WAYS = {
    "say who you are": _say,
    "allocate": _allocate,
    "allocate in native code": _abort,
    "collect": _collect,
    "compute": _compute,
    "compute in native code": _compute_in_native_code,
    "recurse": _recurse,
    "answer without end": _answer_without_end,
    "refuse": _refuse,
    "fail": _fail,
    "exit": _exit,
}


def slow(seconds: float, _given: Iterator[bytes]) -> Iterator[bytes]:
    time.sleep(seconds)
    yield b"done"


ECHO, WHO, MISBEHAVE, SLOW = (_task(name) for name in ("echo", "who", "misbehave", "slow"))
HURRIED = _task("slow", replace(_LIMITS, elapsed_seconds=0.5))
