"""What is taken up as soon as it is there."""

import asyncio

import asyncpg

from services.integrations.mapping.mappings.actions import map_waiting
from services.integrations.receiving.deliveries.queries import waiting
from services.integrations.sending.sender import Sender
from services.integrations.ticketing.worker import TicketWorker
from shared.clock import now
from shared.loops import Loop
from shared.platform import Platform
from shared.telemetry import hooks_mapped

_AT_ONCE = 100
_LOOK = 500
_GATHER_SECONDS = 0.1
_SENDER = Sender()
_TICKET_WORKER = TicketWorker()


async def _map_deliveries(platform: Platform, _connection: asyncpg.Connection) -> float | None:
    """Map what waits, up to a hundred deliveries of each organisation in turn."""
    async with platform.database.across_organisations() as look:
        organisations = list(await look.scalars(waiting(limit=_LOOK)))
    done = 0
    for org_id in organisations:
        async with platform.database.transaction(org_id) as session:
            mapped = await map_waiting(session, limit=_AT_ONCE, at=now())
        for state, number in mapped.items():
            hooks_mapped.add(number, {"outcome": state})
        done += mapped.total()
    if not done:
        return None
    platform.bell.ring()  # for the relay
    await asyncio.sleep(_GATHER_SECONDS)  # what comes meanwhile is mapped in one transaction
    return 0


MAPPING = Loop("mapping", _map_deliveries)
TICKETS = Loop("tickets", _TICKET_WORKER.turn, pause=0.1, finish=_TICKET_WORKER.finish)
SENDING = Loop("webhooks", _SENDER.turn, pause=0.1, finish=_SENDER.finish)
