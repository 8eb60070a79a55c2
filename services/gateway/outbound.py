"""Fetching from an outside address that an organisation named: hostile until shown otherwise.

The name is resolved here, every address it has is checked, and the connection goes to a checked address itself, so
that DNS cannot answer one thing to the check and another to the connection. Nothing is followed, and size and time
are limited.
"""

import asyncio
import socket
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import httpcore

from services.gateway.settings import Network

_SECONDS = 5.0
# Connecting and the TLS handshake have less each, so that they end by themselves and their connection is closed.
_STEP_SECONDS = dict.fromkeys(("connect", "read", "write", "pool"), 2.0)
_LARGEST = 256 * 1024
_HEADERS = [("Accept", "application/json"), ("User-Agent", "Attest")]
# What leads elsewhere than to one public host: the IANA special-purpose registries (RFC 6890 and later), multicast, and
# the address at which Azure answers its virtual machines. Python's `is_global` calls some of these global.
_SPECIAL = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # every other IPv6 address is special (RFC 4291, section 2.4)

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

    An IPv6 address that wraps an IPv4 one (mapped, NAT64, 6to4, Teredo) leads wherever that one leads: refused, except
    for the mapped form, which is judged as what it wraps.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in allow):
        return True
    if only_allowed or (isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST):
        return False
    return not any(address in network for network in _SPECIAL)


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
