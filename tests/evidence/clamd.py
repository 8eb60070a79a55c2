"""A small server that speaks clamd's protocol and knows one signature: the EICAR test string, which harms nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

# Written in two halves, so that no scanner takes this file for the real thing.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"


@dataclass(slots=True)
class Clamd:
    """How it is to behave, and how often it was asked."""

    port: int = 0
    largest: int = 25 * 1024 * 1024
    hangs: bool = False  # answers nothing for longer than anybody waits
    asked: int = 0

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        self.asked += 1
        writer.write(await self._verdict(reader) + b"\0")
        writer.close()

    async def _verdict(self, reader: asyncio.StreamReader) -> bytes:
        content = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
            if len(content) > self.largest:
                return b"INSTREAM size limit exceeded. ERROR"
        if self.hangs:
            await asyncio.sleep(5)
        return f"stream: {NAME} FOUND".encode() if EICAR in content else b"stream: OK"


@asynccontextmanager
async def clamd(path: str | None = None) -> AsyncIterator[Clamd]:
    """Listen on a port of this machine, or on a Unix socket."""
    behaviour = Clamd()
    if path is None:
        server = await asyncio.start_server(behaviour.answer, "127.0.0.1", 0)
        behaviour.port = server.sockets[0].getsockname()[1]
    else:
        server = await asyncio.start_unix_server(behaviour.answer, path)
    async with server:
        yield behaviour
