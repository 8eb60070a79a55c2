"""The load: a few keep-alive connections that send requests built beforehand, from a process of its own.

A client library would cost more than the servers it measures. Orders come as lines of JSON on standard input and a
result goes back on standard output for each, so that one warm process serves every slice.
"""

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

CONNECTIONS = 8
SLOT = "0000000000"
_WARM_UP_SECONDS = 0.2
_AT_MOST = 20_000
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """Send `requests` in turn, for `seconds`. With `unique_from`, `SLOT` in them is a number that counts on from it."""

    port: int
    requests: list[str]
    seconds: float
    unique_from: int | None = None

    def built(self) -> Iterator[bytes]:
        """The bytes of one request after the other."""
        if self.unique_from is None:
            return itertools.cycle([request.encode() for request in self.requests])
        numbers = range(self.unique_from, self.unique_from + _AT_MOST)
        return iter([self.requests[0].replace(SLOT, f"{number:010}").encode() for number in numbers])


@dataclass(slots=True)
class Result:
    """All requests of a slice by status, and those after its warm-up with the seconds they took."""

    statuses: dict[str, int] = field(default_factory=dict)
    measured: int = 0
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    @property
    def per_second(self) -> float:
        return self.measured / self.seconds


class _Connection(asyncio.Protocol):
    """Sends a request when the answer to the last one is complete, until the time is up."""

    def __init__(self, requests: Iterator[bytes], statuses: dict[str, int], until: float) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._statuses = statuses
        self._until = until
        self._received = bytearray()
        self._expected = 0
        self._status = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._expected:
            end = self._received.find(_END)
            length = _LENGTH.search(self._received, 0, end) if end > 0 else None
            if length is None:
                return
            self._expected = end + len(_END) + int(length[1])
            self._status = self._received[9:12].decode()
        if len(self._received) >= self._expected:
            self._statuses[self._status] = self._statuses.get(self._status, 0) + 1
            self._received.clear()
            self._expected = 0
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        request = next(self._requests, None) if time.perf_counter() < self._until else None
        if request is not None:
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)


async def send(order: Order) -> Result:
    """Carry out one order."""
    requests = order.built()
    loop, result, until = asyncio.get_running_loop(), Result(), time.perf_counter() + _WARM_UP_SECONDS + order.seconds
    connections = [
        await loop.create_connection(lambda: _Connection(requests, result.statuses, until), "127.0.0.1", order.port)
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(_WARM_UP_SECONDS)
    began, before = time.perf_counter(), result.requests
    await asyncio.gather(*(connection.done for _, connection in connections))
    result.seconds, result.measured = time.perf_counter() - began, result.requests - before
    for transport, _ in connections:
        transport.close()
    return result


def main() -> None:
    """Carry out orders until there are no more."""
    for line in sys.stdin:
        result = uvloop.run(send(Order(**json.loads(line))))
        sys.stdout.write(f"{json.dumps(asdict(result))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
