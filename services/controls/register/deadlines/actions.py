"""The verb of a deadline. The control is locked first."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.register.deadlines.models import Deadline
from shared.data.base import table_of
from shared.data.sessions import organisation_of

ONE_DAY = timedelta(days=1)  # what begins on a day in UTC may begin on the day before where the control is performed
_TABLE = table_of(Deadline)


async def judge_from(session: AsyncSession, control_id: UUID, day: date, *, at: datetime) -> None:
    """Have the next sweep judge the expected occurrences of a control that were due on this day or later."""
    statement = insert(_TABLE).values(
        control_id=control_id, org_id=organisation_of(session), judged_until=day, next_at=at
    )
    renewed = {
        "judged_until": func.least(_TABLE.c.judged_until, statement.excluded.judged_until),
        "next_at": statement.excluded.next_at,
    }
    await session.execute(statement.on_conflict_do_update(index_elements=["control_id"], set_=renewed))
