from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, and_, bindparam, column, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.indicators.indicators.models import IndicatorValue
from shared.data.base import table_of
from shared.data.queries import AtOrAfter, ListQuery
from shared.data.reads import Listing
from shared.http.fields import Instant

_V = table_of(IndicatorValue).c


class IndicatorValueQuery(ListQuery):
    sort: Literal["measured_at", "-measured_at", "recorded_at", "-recorded_at"] = "-measured_at"
    measured_since: Annotated[Instant | None, AtOrAfter("measured_at")] = None
    updated_since: Annotated[Instant | None, AtOrAfter("recorded_at")] = None


values = Listing(
    select(
        _V.id,
        _V.indicator_id,
        _V.value,
        _V.measured_at,
        _V.recorded_at,
        _V.recorded_by,
        _V.source,
        _V.reading,
        _V.late,
    ).where(_V.indicator_id == bindparam("indicator_id", type_=Uuid())),
    id=_V.id,
    query=IndicatorValueQuery,
)


class Reading(NamedTuple):
    """What tells a value from every other."""

    indicator_id: UUID
    source: str
    reading: str


class Told(NamedTuple):
    """A value as it was recorded."""

    id: UUID
    measured_at: datetime
    value: float


async def recorded_before(session: AsyncSession, readings: Collection[Reading]) -> dict[Reading, Told]:
    """The values that are recorded of these readings."""
    keys = sorted(readings)
    columns = (column("indicator_id", Uuid()), column("source", Text()), column("reading", Text()))
    given = (
        func.unnest(
            literal([key.indicator_id for key in keys], ARRAY(Uuid())),
            literal([key.source for key in keys], ARRAY(Text())),
            literal([key.reading for key in keys], ARRAY(Text())),
        )
        .table_valued(*columns)
        .render_derived(name="given")
    )
    same = and_(_V.indicator_id == given.c.indicator_id, _V.source == given.c.source, _V.reading == given.c.reading)
    query = select(_V.indicator_id, _V.source, _V.reading, _V.id, _V.measured_at, _V.value).join(given, same)
    return {Reading(*row[:3]): Told(*row[3:]) for row in await session.execute(query)}
