"""The worker of tickets: takes connections for which something is due, one piece of work at a time of each."""

import asyncio
from collections import Counter
from uuid import UUID

import asyncpg

from services.integrations.ticketing.keeping import do
from services.integrations.ticketing.work.actions import claim, record
from services.integrations.ticketing.work.models import Done
from services.integrations.ticketing.work.queries import DUE
from shared.clock import now
from shared.data.transactions import has_announced
from shared.platform import Platform

_MOST = 32
_MOST_OF_ONE = 8  # of one organisation
_LOOK = 128
_PATIENCE = 0.05


class TicketWorker:
    """The pieces of work that this process has under way, and those that are done and not recorded yet."""

    def __init__(self) -> None:
        self._under_way: dict[asyncio.Task[Done], UUID] = {}
        self._done: list[Done] = []

    async def turn(self, platform: Platform, connection: asyncpg.Connection) -> float | None:
        """Record what is done, begin what is due, and wait a moment for the next to be done."""
        await self._record(platform)
        begun = await self._begin(platform, connection)
        if not self._under_way:
            return 0 if begun else None
        ended, _ = await asyncio.wait(self._under_way, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            del self._under_way[task]
            self._done.append(task.result())
        return 0

    async def finish(self) -> None:
        """Let go of what is under way; its leases run out, and it is looked for before it is done again."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._under_way.clear()

    async def _record(self, platform: Platform) -> None:
        while self._done:
            done = self._done[0]
            async with platform.database.transaction(done.claimed.org_id) as session:
                await record(session, done, at=now())
            self._done.pop(0)
            if has_announced(session):
                platform.bell.ring()

    async def _begin(self, platform: Platform, connection: asyncpg.Connection) -> bool:
        rows = await connection.fetch(DUE, now(), _LOOK)
        begun, of_one = False, Counter(self._under_way.values())
        for row in rows:
            org_id = row["org_id"]
            if len(self._under_way) >= _MOST or of_one[org_id] >= _MOST_OF_ONE:
                continue
            async with platform.database.transaction(org_id) as session:
                claimed = await claim(session, row["connection_id"], at=now())
            if claimed is not None:
                self._under_way[asyncio.create_task(do(claimed, platform.settings.reach))] = org_id
                of_one[org_id] += 1
                begun = True
        return begun
