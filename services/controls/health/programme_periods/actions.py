"""The verb of a programme's period, called by the verbs of programmes, whose row is locked by then."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.programme_periods.models import ProgrammePeriod
from services.controls.register.controls.models import Control
from services.controls.register.occurrences.models import MissedOccurrence
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.sessions import organisation_of
from shared.data.transactions import touched

_C = table_of(Control).c
_M = table_of(MissedOccurrence).c
_P = table_of(ProgrammePeriod).c


async def remember(
    session: AsyncSession,
    programme_id: UUID,
    *,
    framework: str,
    period_start: date | None,
    period_end: date | None,
    at: datetime,
) -> None:
    """Let what controls missed in a programme's period count until its end; without one, for twelve months again.

    Controls that missed anything and name the framework are reassessed when the period has changed.
    """
    before = select(_P.period_start, _P.period_end).where(_P.programme_id == programme_id)
    known = (await session.execute(before)).first()
    if (known or (None, None)) == (period_start, period_end):
        return
    row = {
        "programme_id": programme_id,
        "org_id": organisation_of(session),
        "framework": framework,
        "period_start": period_start,
        "period_end": period_end,
    }
    await insert_rows(session, table_of(ProgrammePeriod), [row], renew=("period_start", "period_end"))
    named = func.array_to_string(_C.requirements, " ", type_=Text()).contains(f"{framework}:", autoescape=True)
    missing = select(_M.control_id).join(table_of(Control), _C.id == _M.control_id).where(named).distinct()
    touched(session, *await session.scalars(missing), at=at)
