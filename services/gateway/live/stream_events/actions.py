"""The log that streams tell from. It is written in the turn in which things are kept, so that places never go back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.live.stream_events.models import StreamEvent
from services.gateway.live.stream_events.queries import KEPT
from services.gateway.views.told.rules import noun_of
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.sessions import instant_of, organisation_of
from shared.events.event import Event, Heard

_T = table_of(StreamEvent)
_FORGET = text(
    """
    with old as (
        select position from stream_events where logged_at < :before order by position limit :most
    ), gone as (
        delete from stream_events using old where stream_events.position = old.position returning old.position
    ), floor as (
        insert into stream_floors (org_id, position) select :org_id, max(position) from gone having count(*) > 0
        on conflict (org_id) do update set position = greatest(stream_floors.position, excluded.position)
    ) select count(*) from gone
    """
).bindparams(bindparam("before", type_=_T.c.logged_at.type))


async def log_events(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    """Log what happened to things. Only what holds the lock of `note_things` may do so."""
    rows = [
        {
            "org_id": organisation_of(session),
            "event_id": event.id,
            "type": event.event.name,
            "kind": noun.kind,
            "subject": event.subject,
            "version": event.version,
            "occurred_at": event.occurred_at,
            "logged_at": instant_of(session),
        }
        for event in heard
        if (noun := noun_of(event.event)) is not None
    ]
    await insert_rows(session, _T, rows)


async def forget_old_events(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget events that are kept no longer, and note how far; how many."""
    values = {"before": as_of - KEPT, "most": limit, "org_id": organisation_of(session)}
    return await session.scalar(_FORGET, values) or 0
