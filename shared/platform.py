"""What a running service process holds: its settings, connections, keys, and the bell that wakes its worker."""

import asyncio
from dataclasses import dataclass, field

import httpx

from shared.children.pool import Children
from shared.data.sessions import Database
from shared.data.transactions import Recompute
from shared.identity.tokens import TokenVerifier
from shared.settings import Settings


class Bell:
    """Rung after a commit that announced something; whoever waits wakes at once, without asking the database.

    PostgreSQL's NOTIFY would do it across processes and halves the commits per second under load
    (docs/decisions/0002), so other processes poll.
    """

    def __init__(self) -> None:
        self._waiting: list[asyncio.Event] = []

    def ring(self) -> None:
        for event in self._waiting:
            event.set()

    def listener(self) -> asyncio.Event:
        """An event that each ring sets; the listener clears it."""
        event = asyncio.Event()
        self._waiting.append(event)
        return event


@dataclass(slots=True)
class Platform:
    """One a process; `app.state.platform` in the HTTP door."""

    name: str
    settings: Settings
    database: Database
    verifier: TokenVerifier
    http: httpx.AsyncClient
    bell: Bell = field(default_factory=Bell)
    children: Children = field(default_factory=Children)

    @classmethod
    def of(cls, name: str, settings: Settings, recompute: Recompute | None = None) -> "Platform":
        http = httpx.AsyncClient()
        return cls(name, settings, Database(settings, recompute), TokenVerifier(settings, http), http)

    async def close(self) -> None:
        await self.children.close()
        await self.http.aclose()
        await self.database.close()
