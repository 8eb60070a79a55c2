"""What a stream is told again, and what of the newest an engagement shows."""

from collections.abc import Sequence
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import ARRAY, BigInteger, Integer, Text, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.live.stream_events.models import StreamEvent
from services.gateway.live.streams.rules import Asked, Happening
from shared.data.answers import Answer
from shared.data.base import table_of
from shared.data.queries import Query
from shared.data.sessions import Database
from shared.identity.callers import Caller

_T = table_of(StreamEvent)
PAGE = 500
_NEWEST = select(func.coalesce(func.max(_T.c.position), 0))
_NEW = select(_T).where(_T.c.position > bindparam("after", type_=BigInteger())).order_by(_T.c.position).limit(2 * PAGE)
_FLOOR = Answer("(select json_build_array(coalesce(max(position), 0)) from stream_floors)")
_LOGGED = Answer(
    """
    select coalesce(json_agg(page order by position), '[]') from (
        select * from stream_events
        where position > :after and position <= :until and kind = any(:kinds)
        and (:subject is null or subject = :subject) and (:type is null or starts_with(type || '.', :type || '.'))
        order by position limit :size
    ) page
    """,
    bindparam("after", type_=BigInteger()),
    bindparam("until", type_=BigInteger()),
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("subject", type_=Uuid()),
    bindparam("type", type_=Text()),
    bindparam("size", type_=Integer()),
)
_SHOWN = Answer(
    "(select coalesce(json_agg(position), '[]') from stream_events where position = any(:positions))",
    bindparam("positions", type_=ARRAY(BigInteger())),
)


class PlaceQuery(Query):
    """From where on to be told."""

    last_event_id: str | None = None


async def newest_place(look: AsyncConnection) -> int:
    """The place of the newest event, over all organisations."""
    return cast("int", await look.scalar(_NEWEST))


async def logged_after(look: AsyncConnection, place: int) -> list[Happening]:
    """The events after a place, over all organisations, as many as are told at once."""
    return [Happening.of(dict(row)) for row in (await look.execute(_NEW, {"after": place})).mappings()]


async def oldest_place(database: Database, caller: Caller) -> int:
    """The last place that is kept no longer of what this caller is told."""
    (floor,) = from_json(await _FLOOR.read(_pool(database, caller), caller.fence))
    return cast("int", floor)


async def logged_between(database: Database, asked: Asked, after: int, until: int) -> list[Happening]:
    """What happened after one place and until another, as far as the caller may read it: a page."""
    values: dict[str, Any] = {
        "after": after,
        "until": until,
        "kinds": sorted(asked.kinds),
        "subject": asked.wanted.subject,
        "type": asked.wanted.type,
        "size": PAGE,
    }
    rows = from_json(await _LOGGED.read(_pool(database, asked.caller), asked.caller.fence, **values))
    return [Happening.of(row) for row in rows]


async def shown_to(database: Database, caller: Caller, positions: Sequence[int]) -> frozenset[int]:
    """Which of these places the engagement of a token shows."""
    return frozenset(from_json(await _SHOWN.read(_pool(database, caller), caller.fence, positions=list(positions))))


def _pool(database: Database, caller: Caller) -> Any:
    return database.auditor_reads if caller.engagement else database.reads
