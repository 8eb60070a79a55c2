"""The loop that asks the other services whether they are ready, and keeps since when one is not."""

import asyncio

import asyncpg
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from services.gateway.settings import settings_of
from services.gateway.views.lags.models import Lag
from services.gateway.views.lags.queries import lagging_services
from shared.clock import now
from shared.data.base import table_of
from shared.data.bulk import among
from shared.health import is_ready
from shared.identity.callers import PLATFORM
from shared.loops import Loop
from shared.platform import Platform

_PAUSE_SECONDS = 2.0
_L = table_of(Lag)


async def watch_services(platform: Platform, _connection: asyncpg.Connection) -> float | None:
    """Ask each service once. Nothing is written while nothing changes."""
    addresses = settings_of(platform).service_addresses
    at = now()
    answers = await asyncio.gather(*(is_ready(platform.http, str(address)) for address in addresses.values()))
    behind = {name for name, ready in zip(addresses, answers, strict=True) if not ready}
    async with platform.database.transaction(PLATFORM) as session:
        known = await lagging_services(session)
        if caught_up := known - behind:
            await session.execute(delete(_L).where(among(_L.c.service, caught_up)))
        if fallen := behind - known:
            rows = [{"org_id": PLATFORM, "service": name, "since": at} for name in sorted(fallen)]
            await session.execute(insert(_L).values(rows).on_conflict_do_nothing())
    return None


WATCH_SERVICES = Loop("services", watch_services, pause=_PAUSE_SECONDS)
