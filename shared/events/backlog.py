"""The backlog: what waits in this service's database, measured for whoever watches the installation.

Every process measures it for itself. If only a leader did, one that lost its lock would show its last numbers for good.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import now
from shared.data.tables import dead_letters, events, jobs
from shared.events.relay import BY_CLOCK
from shared.platform import Platform
from shared.telemetry import (
    jobs_unfinished,
    letters_waiting,
    longest_due,
    oldest_unfinished,
    oldest_unpublished,
    relayed,
    unpublished,
)

_UNPUBLISHED = select(func.count()).select_from(events).where(events.c.published_at.is_(None))
_OLDEST = select(func.min(events.c.occurred_at)).where(events.c.published_at.is_(None), text(f"not ({BY_CLOCK})"))
_LETTERS = select(func.count()).select_from(dead_letters).where(dead_letters.c.state == "waiting")
_JOBS = select(
    func.count().label("unfinished"),
    func.min(jobs.c.created_at).label("oldest"),
    func.min(jobs.c.due_at).label("due_at"),
).where(jobs.c.due_at.is_not(None))
_log = logging.getLogger(__name__)

# Sets gauges of the service's own by a bounded look over all organisations.
Measure = Callable[[AsyncConnection], Awaitable[None]]


async def watch_backlog(platform: Platform, *, has_jobs: bool, pause: float, measures: Sequence[Measure] = ()) -> None:
    """Measure, also what the service measures of its own, wait `pause` seconds, and again. Never returns."""
    relayed.add(0)  # so that a relay that never begins is seen to stand still
    while True:
        try:
            await measure(platform, has_jobs=has_jobs)
            for each in measures:
                async with platform.database.across_organisations() as look:
                    await each(look)
        except Exception as error:  # noqa: BLE001 - a gauge is never worth a worker; readiness tells of the database
            _log.warning("the backlog was not measured: %s: %s", type(error).__name__, error)
        await asyncio.sleep(pause)


async def measure(platform: Platform, *, has_jobs: bool) -> None:
    """Set the gauges, over all organisations, from partial indexes that are small when all is well."""
    async with platform.database.across_organisations() as look:
        waiting = await look.scalar(_UNPUBLISHED)
        oldest = await look.scalar(_OLDEST)
        letters = await look.scalar(_LETTERS)
        if has_jobs:
            await _measure_jobs(look)
    unpublished.set(waiting or 0)
    oldest_unpublished.set(age(oldest))
    letters_waiting.set(letters or 0)


async def _measure_jobs(look: AsyncConnection) -> None:
    found = (await look.execute(_JOBS)).one()
    jobs_unfinished.set(found.unfinished)
    oldest_unfinished.set(age(found.oldest))
    longest_due.set(age(found.due_at))


def age(since: datetime | None) -> float:
    """Seconds from an instant until now; 0 without one, or when it has not come yet."""
    return max(0.0, (now() - since).total_seconds()) if since else 0.0
