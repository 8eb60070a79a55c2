"""Which addresses and ports may be contacted, and connections to checked addresses only."""

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

from shared.outbound.failures import AddressNotAllowed

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
# 8443 is where servers without the right to open 443 speak TLS by default (Jira, Jenkins and others on Tomcat or
# Jetty). With more ports, whoever names an address could have this installation look for open ports of others.
_PUBLIC_PORTS = frozenset({443, 8443})
_MOST_TRIED = 3
# Of our own, since the system's resolver cannot be interrupted: names that are answered slowly would otherwise
# take all threads of the process.
_RESOLVING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolver")

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def may_contact(address: Address, port: int, *, allow: Iterable[Network], only_allowed: bool) -> bool:
    """Whether an address is public and the port one of https, or the address in a network this installation allows.

    An IPv6 address that wraps an IPv4 one (mapped, NAT64, 6to4, Teredo) leads wherever that one leads: refused, except
    for the mapped form, which is judged as what it wraps.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in allow):
        return True
    if only_allowed or port not in _PUBLIC_PORTS:
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _SPECIAL)


class Guarded(httpcore.AsyncNetworkBackend):
    """Resolves a name once, checks every address it has, and connects to one of those addresses itself.

    So DNS cannot answer one thing to the check and another to the connection. TLS still verifies the certificate
    against the name.
    """

    def __init__(self, allow: tuple[Network, ...], *, only_allowed: bool) -> None:
        self._allow = allow
        self._only_allowed = only_allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        addresses = await _resolved(host, port)
        for address in addresses:
            if not may_contact(address, port, allow=self._allow, only_allowed=self._only_allowed):
                raise AddressNotAllowed(f"{host} has the address {address}, port {port}")
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses[:_MOST_TRIED]:
            try:
                return await self._network.connect_tcp(str(address), port, *args, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


async def _resolved(host: str, port: int) -> list[Address]:
    """Its addresses in the order in which the system would try them, each once."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_RESOLVING, _ask_the_system, host, port)
    return list(dict.fromkeys(ip_address(str(where[0]).partition("%")[0]) for *_, where in found))


def _ask_the_system(host: str, port: int) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
