"""When a pair of client and address has failed too often, and for how long it waits."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

FREE_FAILURES = 5
FORGOTTEN_AFTER = timedelta(minutes=15)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)
_MOST_DOUBLINGS = 6
_IPV6_PREFIX = 64
# However many clients a stranger makes up, an address has this many rows for them at most.
_ROWS_FOR_UNKNOWN = 1024
_UNKNOWN_ORIGIN = "0.0.0.0"  # noqa: S104 - a name for what has no address, nothing is bound to it


def origin_of(forwarded: str | None, peer: str | None, *, proxies: int = 1) -> str:
    """The address that the outermost of our own proxies saw, or the peer's where there is no proxy.

    Each proxy adds the address it saw at the right of X-Forwarded-For; what stands further left is a stranger's word.
    An IPv6 network of 64 bits counts as one address, since whoever has one address has the network.
    """
    hops = [hop.strip() for hop in (forwarded or "").split(",")]
    for text in (hops[-proxies] if len(hops) >= proxies else "", peer or ""):
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped is None:
                return str(IPv6Network((address, _IPV6_PREFIX), strict=False).network_address)
            address = address.ipv4_mapped
        return str(address)
    return _UNKNOWN_ORIGIN


def client_id_of(name: str) -> UUID | None:
    """The id that a client names itself by, in whatever spelling; None for what is no id."""
    try:
        return UUID(name)
    except ValueError:
        return None


def counted_as(name: str, known: UUID | None) -> str:
    """What failures of this name are counted under: a known client by its id, others share a bounded number of rows."""
    if known is not None:
        return str(known)
    return f"unknown-{int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % _ROWS_FOR_UNKNOWN}"


def wait_after(failures: int, last_at: datetime, *, as_of: datetime) -> timedelta:
    """How long the pair has yet to wait after this many failures in a row; zero or less for not at all."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings: int = min(failures - FREE_FAILURES, _MOST_DOUBLINGS)
    wait: timedelta = min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT)
    return last_at + wait - as_of


def is_worth_an_event(failures: int) -> bool:
    """Whether the trail says that there were this many failures: the first, the fifth, and each doubling of five."""
    fives, rest = divmod(failures, FREE_FAILURES)
    return failures == 1 or (rest == 0 and fives & (fives - 1) == 0)
