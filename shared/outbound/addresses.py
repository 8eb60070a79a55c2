"""Which addresses and ports may be contacted, and connections to checked addresses only."""

import asyncio
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

from shared.outbound.failures import AddressNotAllowed

# What leads elsewhere than to one public host: the IANA special-purpose registries (RFC 6890 and later), those that any
# network may answer for itself included (AS112, AMT), multicast, and the address at which Azure answers its virtual
# machines. Python's `is_global` calls some of these global.
_SPECIAL = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "2620:4f:8000::/48"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # every other IPv6 address is special (RFC 4291, section 2.4)
# 8443 is where servers without the right to open 443 speak TLS by default (Jira, Jenkins and others on Tomcat or
# Jetty). With more ports, whoever names an address could have this installation look for open ports of others.
_PUBLIC_PORTS = frozenset({443, 8443})
_MOST_TRIED = 3
_MOST_ADDRESSES = 64  # of one name: an answer with more is no host's
# Of our own, since the system's resolver cannot be interrupted: names that are answered slowly would otherwise
# take all threads of the process.
_RESOLVING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolver")

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# A label is letters, digits and hyphens, and underscores, which some internal names have: names in other scripts come
# as RFC 5891 writes them (`xn--`). What ends in a number is an IPv4 address in its usual form or none at all: systems
# disagree on what `127.1`, `0177.0.0.1` or `0x7f000001` are.
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE)
_NUMERIC = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Reach:
    """What an installation may contact besides public addresses, and what it may not although it is public.

    `deny` is for the installation's own public addresses: a request there would be one from inside.
    """

    allow: tuple[Network, ...] = ()
    deny: tuple[Network, ...] = ()


def is_host(host: str) -> bool:
    """Whether a host in an address is a name or an IP address that every system reads alike."""
    try:
        return bool(ip_address(host)) and "%" not in host  # a zone is a network card of this machine
    except ValueError:
        return bool(len(host) <= _LONGEST_NAME and _NAME.fullmatch(host) and not _NUMERIC.fullmatch(host))


def may_contact(address: Address, port: int, reach: Reach, *, only_allowed: bool) -> bool:
    """Whether an address is public and the port one of https, or the address in a network this installation allows.

    An IPv6 address that wraps an IPv4 one (mapped, NAT64, 6to4, Teredo) leads wherever that one leads: refused, except
    for the mapped form, which is judged as what it wraps.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in reach.deny):
        return False
    if any(address in network for network in reach.allow):
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

    def __init__(self, reach: Reach, *, only_allowed: bool) -> None:
        self._reach = reach
        self._only_allowed = only_allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        addresses = await _resolved(host, port)
        if len(addresses) > _MOST_ADDRESSES:
            raise AddressNotAllowed(f"{host} has {len(addresses)} addresses")
        for address in addresses:
            if not may_contact(address, port, self._reach, only_allowed=self._only_allowed):
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
