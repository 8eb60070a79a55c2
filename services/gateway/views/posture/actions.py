"""The numbers of each day, kept as they last stood on it."""

from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.views.posture.models import PostureDay
from services.gateway.views.posture.queries import NUMBERS
from shared.data.base import table_of
from shared.data.sessions import organisation_of

_T = table_of(PostureDay)


async def keep_numbers(session: AsyncSession, *, as_of: datetime) -> int:
    """Keep the numbers of today in the place of those that were kept before."""
    row = {
        "org_id": organisation_of(session),
        "day": as_of.astimezone(UTC).date(),
        "numbers": await session.scalar(NUMBERS, {"as_of": as_of}),
        "computed_at": as_of,
    }
    statement = insert(_T).values(row)
    kept = {"numbers": statement.excluded.numbers, "computed_at": statement.excluded.computed_at}
    await session.execute(statement.on_conflict_do_update(index_elements=["org_id", "day"], set_=kept))
    return 1
