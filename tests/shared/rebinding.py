"""A name whose address changes between two questions, asked of a real resolver: run in namespaces of its own.

`unshare -Urmn python -m tests.shared.rebinding`: in it this process is root of an empty network, so that it can be the
system's DNS server on loopback and no other program is concerned. It prints what became of each request as JSON.
"""

import asyncio
import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
import tempfile
from ipaddress import ip_network
from typing import cast

from shared.outbound.addresses import Reach
from shared.outbound.client import send
from shared.outbound.failures import OutboundFailed

PUBLIC, INSIDE = "127.0.0.2", "127.0.0.1"  # the one stands for an address that is allowed
_LIBC = ctypes.CDLL(None, use_errno=True)
_MS_BIND = 4096
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_TYPE_A = 1
_HEADER = 12


class Resolver(asyncio.DatagramProtocol):
    """Answers each question for an address with the next one of the list, then with the last; lives of 0 seconds."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.answered: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = data[_HEADER : data.index(b"\0", _HEADER) + 5]
        is_a = struct.unpack(">H", question[-4:-2])[0] == _TYPE_A
        reply = data[:2] + struct.pack(">HHHHH", 0x8180, 1, int(is_a), 0, 0) + question
        if is_a:
            address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
            self.answered.append(address)
            reply += struct.pack(">HHHIH", 0xC00C, _TYPE_A, 1, 0, 4) + socket.inet_aton(address)
        self._transport.sendto(reply, addr)


def _be_the_resolver() -> None:
    """Let this process's names be resolved at 127.0.0.1, and raise loopback, which is down in a new namespace."""
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(f"nameserver {INSIDE}\noptions timeout:1 attempts:1\n")
    os.chmod(file.name, 0o644)  # noqa: PTH101 - as the file it stands for
    if _LIBC.mount(file.name.encode(), b"/etc/resolv.conf", None, _MS_BIND, None):
        raise OSError(ctypes.get_errno(), "mount")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP))


async def _asked(resolver: Resolver, *addresses: str) -> dict[str, object]:
    """Resolve a name by these addresses in turn, send a request to it, and say which server had it."""
    resolver.addresses, resolver.answered = list(addresses), []
    had: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        had.append(writer.get_extra_info("sockname")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with (
        await asyncio.start_server(serve, PUBLIC, 8000),
        await asyncio.start_server(serve, INSIDE, 8000),
    ):
        try:
            reach = Reach((ip_network(f"{PUBLIC}/32"),))
            outcome = str((await send("GET", "http://rebind.example:8000/", reach=reach)).status)
        except OutboundFailed as failed:
            outcome = failed.code
    return {"outcome": outcome, "answered": resolver.answered, "had": had}


async def main() -> None:
    """Ask twice with an address that changes after the first answer, then with one that is inside at once."""
    _be_the_resolver()
    loop = asyncio.get_running_loop()
    _, resolver = await loop.create_datagram_endpoint(lambda: Resolver(INSIDE), local_addr=(INSIDE, 53))
    changing = await _asked(resolver, PUBLIC, INSIDE)
    inside = await _asked(resolver, INSIDE)
    sys.stdout.write(json.dumps({"changing": changing, "inside": inside}))


if __name__ == "__main__":
    asyncio.run(main())
