"""Fetching from an outside address that an organisation named: hostile until shown otherwise.

The name is resolved here, every address it has is checked, and the connection goes to a checked address itself, so
that DNS cannot answer one thing to the check and another to the connection. Nothing is followed, and size and time
are limited.
"""

import asyncio
import socket
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpcore

from services.gateway.settings import Network

_SECONDS = 5.0
# Connecting and the TLS handshake have less each, so that they end by themselves and their connection is closed.
_STEP_SECONDS = dict.fromkeys(("connect", "read", "write", "pool"), 2.0)
_LARGEST = 256 * 1024
_HEADERS = [("Accept", "application/json"), ("User-Agent", "Attest")]
_NAT64 = IPv6Network("64:ff9b::/32")

Address = IPv4Address | IPv6Address


class OutboundRefused(Exception):  # noqa: N818 - a refusal
    """The address may not be contacted, or did not answer as it must; the text is for our log, not for the caller."""


async def fetch(url: str, *, allow: tuple[Network, ...]) -> bytes:
    """The body of a 200 answer; `OutboundRefused` for everything else. https only, except inside `allow`."""
    plain = urlsplit(url).scheme != "https"
    network = _Guarded(allow, only_allowed=plain)
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpcore.AsyncConnectionPool(network_backend=network) as pool,
            pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": _STEP_SECONDS}) as answer,
        ):
            if answer.status != HTTPStatus.OK:
                raise OutboundRefused(f"it answered {answer.status}")
            return await _limited(answer)
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ValueError, OSError) as error:
        raise OutboundRefused(f"it cannot be reached: {type(error).__name__}") from error


async def _limited(answer: httpcore.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_stream():
        body += chunk
        if len(body) > _LARGEST:
            raise OutboundRefused(f"its answer is larger than {_LARGEST} bytes")
    return bytes(body)


def may_contact(address: Address, *, allow: Iterable[Network], only_allowed: bool) -> bool:
    """Whether an address is public, or in a network that this installation allows.

    An IPv6 address that wraps an IPv4 one (mapped, NAT64, 6to4, Teredo) leads wherever that one leads: refused, save
    the mapped form, which is judged as what it wraps.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in allow):
        return True
    if only_allowed or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        return not (address in _NAT64 or address.sixtofour or address.teredo)
    return True


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only. TLS still verifies the certificate against the name."""

    def __init__(self, allow: tuple[Network, ...], *, only_allowed: bool) -> None:
        self._allow = allow
        self._only_allowed = only_allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        addresses = await _resolved(host, port)
        for address in addresses:
            if not may_contact(address, allow=self._allow, only_allowed=self._only_allowed):
                raise OutboundRefused(f"{host} has the address {address}")
        return await self._network.connect_tcp(str(addresses[0]), port, *args, **options)


async def _resolved(host: str, port: int) -> list[Address]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(where[0]).partition("%")[0]) for *_, where in found]
