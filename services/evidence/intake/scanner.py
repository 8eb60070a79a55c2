"""A malware scanner that speaks clamd's protocol, over TCP or a Unix socket: bytes are streamed to it (INSTREAM)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from services.evidence.settings import file_settings

_CONNECT_SECONDS = 3.0
_LONGEST_SCAN_SECONDS = 600.0
_LONGEST_ANSWER = 4096
_FOUND = " FOUND"


class ScannerSilent(Exception):  # noqa: N818 - not an error of ours: the scanner gave no verdict
    """The scanner cannot be reached, or does not answer."""


class ScannerRefused(ScannerSilent):
    """The scanner answers, and what it says is no verdict of these bytes; the text is what it says."""


class Scanner:
    """One connection a file: clamd scans it alone, and a restart of clamd costs one verdict."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)

    async def find(self, chunks: AsyncIterator[bytes]) -> str | None:
        """The name of the malware in these bytes, None when there is none; `ScannerSilent` without a verdict."""
        try:
            reader, writer = await self._connect()
        except (OSError, TimeoutError) as error:
            raise ScannerSilent(f"{type(error).__name__}: {error}") from error
        try:
            async with asyncio.timeout(_LONGEST_SCAN_SECONDS):
                return _verdict(await _ask(reader, writer, chunks))
        except TimeoutError as error:
            raise ScannerSilent("It did not answer in time.") from error
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            # Clamd does so when it is sent more than its StreamMaxLength, and its answer may be lost with it.
            raise ScannerRefused(f"It hung up ({type(error).__name__}): is the file above its size limit?") from error
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(_CONNECT_SECONDS):
            if self._address.scheme == "unix":
                return await asyncio.open_unix_connection(self._address.path, limit=_LONGEST_ANSWER)
            return await asyncio.open_connection(self._address.hostname, self._address.port, limit=_LONGEST_ANSWER)


@cache
def the_scanner() -> Scanner | None:
    """The scanner of this installation, if it has one."""
    url = file_settings().scanner_url
    return Scanner(url) if url else None


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes]) -> str:
    # It may answer before the end, when it has been sent more than it takes, and hang up.
    with suppress(ConnectionError):
        writer.write(b"zINSTREAM\0")
        async for chunk in chunks:
            writer.write(len(chunk).to_bytes(4, "big"))
            writer.write(chunk)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
    return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace").strip()


def _verdict(answer: str) -> str | None:
    _, _, said = answer.partition(": ")
    if said == "OK":
        return None
    if said.endswith(_FOUND):
        return said.removesuffix(_FOUND)[:200]
    raise ScannerRefused(answer[:200])
