"""The count of what happened each day. The inbox lets each event be counted once, in whatever order they come."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.views.happenings.models import Happenings
from shared.data.base import table_of
from shared.data.sessions import instant_of, organisation_of
from shared.events.event import Event, Heard

_T = table_of(Happenings)


async def count_happenings(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    """Count these events to their days."""
    counted = Counter((event.occurred_at.astimezone(UTC).date(), event.event.name) for event in heard)
    rows = [
        {
            "org_id": organisation_of(session),
            "day": day,
            "type": name,
            "number": number,
            "noted_at": instant_of(session),
        }
        for (day, name), number in sorted(counted.items())
    ]
    statement = insert(_T)
    added = {"number": _T.c.number + statement.excluded.number, "noted_at": statement.excluded.noted_at}
    await session.execute(
        statement.values(rows).on_conflict_do_update(index_elements=["org_id", "day", "type"], set_=added)
    )
