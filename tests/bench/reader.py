"""A reader: gets one thing again and again on one connection, at a steady pace, and says how long each took.

It is a process of its own, and the machine serves it first where it may ask for that: who reads from elsewhere does not
wait for a processor of this machine, and that wait would be half of what is measured here.
"""

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field

from deploy.local.services import ROOT

_A_SECOND = 100
_FIRST = -10
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Order:
    """What to get, from which port of this machine."""

    port: int
    path: str
    token: str


@dataclass(slots=True)
class Reads:
    """The reads by now: when each began, by the monotonic clock in seconds, and how long it took in milliseconds."""

    reads: list[tuple[float, float]] = field(default_factory=list)

    def between(self, begin: float, end: float) -> list[float]:
        """How long those took that began between two instants."""
        return [took for began, took in self.reads if begin <= began < end]


@asynccontextmanager
async def reading(order: Order) -> AsyncIterator[Reads]:
    """Read for as long as this is entered."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.reader"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(asdict(order))}\n".encode())
    found = Reads()
    noting = asyncio.create_task(_note(process.stdout, found))
    try:
        yield found
        if noting.done():
            raise RuntimeError("the reader has stopped")
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await asyncio.wait([noting, asyncio.ensure_future(process.wait())])


async def _note(lines: asyncio.StreamReader, found: Reads) -> None:
    async for line in lines:
        began, took = line.split()
        found.reads.append((float(began), float(took)))


def _read(order: Order) -> Iterator[tuple[float, float]]:
    request = (
        f"GET {order.path} HTTP/1.1\r\nHost: attest.example\r\nAuthorization: Bearer {order.token}\r\n\r\n".encode()
    )
    with socket.create_connection(("127.0.0.1", order.port)) as connection:
        while True:
            began = time.monotonic()
            connection.sendall(request)
            answer = b""
            while _END not in answer:
                answer += _more(connection)
            head, _, body = answer.partition(_END)
            words = head.decode().lower()
            if " 200 " not in words.splitlines()[0]:
                raise RuntimeError(words)
            left = int(words.partition("content-length: ")[2].split()[0]) - len(body)
            while left > 0:
                left -= len(_more(connection))
            yield began, (time.monotonic() - began) * 1000
            time.sleep(1 / _A_SECOND)


def _more(connection: socket.socket) -> bytes:
    if not (received := connection.recv(65536)):
        raise RuntimeError("the service has closed the connection")
    return received


def main() -> None:
    """Carry out one order, until there is nobody to tell."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _FIRST)
    for began, took in _read(Order(**json.loads(sys.stdin.readline()))):
        sys.stdout.write(f"{began:.6f} {took:.3f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
