"""What happens by the clock: indicators of which nothing is heard become unknown."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.indicators.indicators import actions as indicators
from services.risk.indicators.indicators.queries import silent
from shared.schedule import sweep


def _with_silent_indicators(as_of: datetime) -> Select[Any]:
    return silent(as_of).distinct()


@sweep(due=_with_silent_indicators)
async def announce_silent_indicators(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let indicators be unknown of which nothing was heard for longer than their period, each announced once."""
    return await indicators.announce_silent(session, as_of=as_of, limit=limit)
