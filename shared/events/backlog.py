"""The backlog: what waits in this service's database, measured for whoever watches the installation.

Every process measures it for itself. If only a leader did, one that lost its lock would show its last numbers for good.
"""

import asyncio
import logging

from sqlalchemy import func, select, text

from shared.clock import now
from shared.data.tables import dead_letters, events
from shared.events.relay import BY_CLOCK
from shared.platform import Platform
from shared.telemetry import letters_waiting, oldest_unpublished, relayed, unpublished

_UNPUBLISHED = select(func.count()).select_from(events).where(events.c.published_at.is_(None))
_OLDEST = select(func.min(events.c.occurred_at)).where(events.c.published_at.is_(None), text(f"not ({BY_CLOCK})"))
_LETTERS = select(func.count()).select_from(dead_letters).where(dead_letters.c.state == "waiting")
_log = logging.getLogger(__name__)


async def watch_backlog(platform: Platform, *, pause: float) -> None:
    """Measure, wait `pause` seconds, and again. Never returns."""
    relayed.add(0)  # so that a relay that never begins is seen to stand still
    while True:
        try:
            await measure(platform)
        except Exception as error:  # noqa: BLE001 - a gauge is never worth a worker; readiness tells of the database
            _log.warning("the backlog was not measured: %s: %s", type(error).__name__, error)
        await asyncio.sleep(pause)


async def measure(platform: Platform) -> None:
    """Set the gauges, over all organisations, from partial indexes that are small when all is well."""
    async with platform.database.across_organisations() as look:
        waiting = await look.scalar(_UNPUBLISHED)
        oldest = await look.scalar(_OLDEST)
        letters = await look.scalar(_LETTERS)
    unpublished.set(waiting or 0)
    oldest_unpublished.set((now() - oldest).total_seconds() if oldest else 0.0)
    letters_waiting.set(letters or 0)
