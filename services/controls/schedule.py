"""What happens by the clock: a test is overdue, or an exception runs out, and the control's health changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.actions import reassess_due
from services.controls.health.models import Health
from shared.data.base import table_of
from shared.schedule import sweep

_HEALTH = table_of(Health).c


def _with_health_to_review(as_of: datetime) -> Select[Any]:
    return select(_HEALTH.org_id).where(_HEALTH.review_at <= as_of).distinct()


@sweep(due=_with_health_to_review)
async def reassess_controls_by_the_clock(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Reassess what may have changed though nothing was heard, and announce each change once."""
    return await reassess_due(session, as_of=as_of, limit=limit)
