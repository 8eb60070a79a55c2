"""The worker of tickets: takes connections for which something is due, one piece of work at a time of each."""

import asyncio
from collections import Counter
from uuid import UUID

import asyncpg

from services.integrations.ticketing.keeping import do
from services.integrations.ticketing.work.actions import claim, record
from services.integrations.ticketing.work.models import Done
from services.integrations.ticketing.work.queries import DUE
from services.integrations.worker import Worker
from shared.clock import now
from shared.data.transactions import has_announced
from shared.platform import Platform

_MOST = 32
_MOST_OF_ONE = 8  # of one organisation
_LOOK = 128


class TicketWorker(Worker[Done, UUID]):
    """Pieces of work under way, with the organisation of each."""

    async def _record(self, platform: Platform) -> None:
        while self._ended:
            done = self._ended[0]
            async with platform.database.transaction(done.claimed.org_id) as session:
                await record(session, done, at=now())
            self._ended.pop(0)
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
