"""What is counted after the storm, by a superuser who sees every row: lost, twice, unverified."""

from collections import Counter
from dataclasses import dataclass

import asyncpg

from deploy.contracts import SERVICES
from deploy.local.stack import Stack
from shared.data.tables import events

_SENT = "select id, type from events"
_HEARD = "select event_id from inbox"
_TWICE = "select count(*) from (select 1 from events group by type, subject, version, data having count(*) > 1) t"


@dataclass(frozen=True, slots=True)
class Count:
    """`lost` and `duplicates` are zero, or something is wrong."""

    announced: int
    unpublished: int
    unsealed: int
    lost: int
    duplicates: int
    dead: int

    @property
    def settled(self) -> bool:
        """Whether everything announced has been published, sealed and heard."""
        return not (self.unpublished or self.unsealed or self.lost)


async def count(stack: Stack) -> Count:
    """Compare what every service has announced with what every listener has taken in."""
    connections = {service.name: await _superuser(stack, service.name) for service in SERVICES}
    try:
        sent = {name: await connection.fetch(_SENT) for name, connection in connections.items()}
        lost = twice = dead = 0
        for service in SERVICES:
            connection = connections[service.name]
            heard = Counter(row["event_id"] for row in await connection.fetch(_HEARD))
            wanted = {kind.name for handler in service.all_handlers() for kind in handler.events}
            due = {row["id"] for rows in sent.values() for row in rows if row["type"] in wanted}
            lost += len(due - heard.keys())
            twice += sum(times - 1 for times in heard.values()) + await connection.fetchval(_TWICE)
            dead += await connection.fetchval("select count(*) from dead_letters")
        pending = [
            (
                await connection.fetchval(f"select count(*) from {events.name} where published_at is null"),  # noqa: S608
                await connection.fetchval(f"select count(*) from {events.name} where digest is null"),  # noqa: S608
            )
            for connection in connections.values()
        ]
        return Count(
            announced=sum(len(rows) for rows in sent.values()),
            unpublished=sum(each[0] for each in pending),
            unsealed=sum(each[1] for each in pending),
            lost=lost,
            duplicates=twice,
            dead=dead,
        )
    finally:
        for connection in connections.values():
            await connection.close()


async def _superuser(stack: Stack, service: str) -> asyncpg.Connection:
    address = stack.environment(service)["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0]
    return await asyncpg.connect(f"{address}/{service}")
