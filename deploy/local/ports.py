"""Which port each part of the stack listens on.

Every port lies below 32768, where Linux starts to hand out ports for outgoing connections: a part that is
restarted must find its port free, and not in use by a connection that happened to be given it meanwhile.
"""

import os
import random
import socket
from dataclasses import dataclass
from typing import Self

from deploy.local.errors import StackError

EDGE = 8080
# Not seeded: two processes that seed `random` alike, as tests do, would choose the same ports at the same time.
_CHOICE = random.SystemRandom()
PREFERRED = {
    "gateway": 18081,
    "controls": 18082,
    "evidence": 18083,
    "risk": 18084,
    "audit": 18085,
    "integrations": 18086,
    "postgres": 18432,
    "nats": 18222,
    "nats-monitor": 18223,
    "edge-ping": 18090,
}


@dataclass
class Ports:
    """The ports of one stack: the edge's is a promise to people, the others are nobody's business."""

    edge: int
    internal: dict[str, int]

    @classmethod
    def fixed(cls) -> Self:
        """The edge on ATTEST_PORT or 8080, the others on the same ports each time if these are free."""
        named = os.environ.get("ATTEST_PORT", str(EDGE))
        if not named.isdigit() or int(named) not in range(1, 65536):
            raise StackError(f"ATTEST_PORT is {named!r}, which is not a port number from 1 to 65535.")
        return cls(edge=int(named), internal=dict(PREFERRED))

    @classmethod
    def free(cls) -> Self:
        """Any free ports, so that several stacks can run side by side."""
        return cls(edge=find_free(), internal={})

    def require_edge(self) -> None:
        """Complain if the edge's port is taken."""
        if not is_free(self.edge):
            raise StackError(
                f"Port {self.edge}, where the edge (Traefik) should listen, is taken by another program; "
                f"choose another with `ATTEST_PORT={self.edge + 10} make run`."
            )

    def settle(self, name: str) -> int:
        """Return the port of an internal part, choosing a free one if it has none or its own is taken."""
        port = self.internal.get(name)
        if port is None or not is_free(port):
            port = find_free(besides={self.edge, *self.internal.values()})
        self.internal[name] = port
        return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def find_free(besides: set[int] | None = None) -> int:
    """Find a free loopback port below the ones that outgoing connections use."""
    for _ in range(1000):
        port = _CHOICE.randint(20000, 32000)
        if port not in (besides or set()) and is_free(port):
            return port
    raise StackError("None of 1,000 ports tried between 20000 and 32000 is free on this machine.")
