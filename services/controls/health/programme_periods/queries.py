from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import Days
from services.controls.health.programme_periods.models import ProgrammePeriod
from shared.data.base import table_of

_P = table_of(ProgrammePeriod).c


async def periods_by_framework(session: AsyncSession) -> Mapping[str, Sequence[Days]]:
    """The periods of the active programmes, by the framework that each is against."""
    query = select(_P.framework, _P.period_start, _P.period_end).where(_P.period_start.is_not(None))
    found: dict[str, list[Days]] = defaultdict(list)
    for framework, start, last in await session.execute(query):
        found[framework].append(Days.including(start, last))
    return found
