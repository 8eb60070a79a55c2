"""What happens by the clock: indicators of which nothing is heard become unknown; overrides of ratings expire."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.indicators.indicators import actions as indicators
from services.risk.indicators.indicators.queries import silent
from services.risk.register.overrides.actions import expire
from services.risk.register.overrides.queries import with_expired
from shared.schedule import sweep


def _with_silent_indicators(as_of: datetime) -> Select[Any]:
    return silent(as_of).distinct()


def _with_expired_overrides(as_of: datetime) -> Select[Any]:
    return with_expired(as_of)


@sweep(due=_with_silent_indicators)
async def announce_silent_indicators(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let indicators be unknown of which nothing was heard for longer than their period, each announced once."""
    return await indicators.announce_silent(session, as_of=as_of, limit=limit)


@sweep(due=_with_expired_overrides)
async def end_overrides_whose_term_is_over(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """End overrides whose term is over, each once; the computed rating of their risks counts again."""
    return await expire(session, as_of=as_of, limit=limit)
