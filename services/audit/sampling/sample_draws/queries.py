from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.population_files.models import frame_parts
from services.audit.sampling.population_files.queries import parts_in
from services.audit.sampling.samples.models import Sample, SampleItem, sample_reserves
from shared.data.base import table_of
from shared.data.sessions import Database

_I = table_of(SampleItem).c
_R = sample_reserves.c
_NOTED = 10  # parts of a frame, after which it is told how far the work is


def how_to_select(sample: Sample) -> dict[str, Any]:
    """A sample as the arguments of a selection."""
    return {
        "method": sample.method,
        "size": sample.size,
        "seed": sample.seed,
        "stratum": sample.stratum_column,
        "strata": sample.strata,
        "picks": sample.picks,
    }


async def frame_of(
    database: Database, org_id: UUID, population_id: UUID, read: Callable[[int], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """The compressed parts of a frame; `read` is told after some of them how many there were."""
    number = 0
    async for part in parts_in(database, org_id, frame_parts, population_id):
        yield part
        number += 1
        if number % _NOTED == 0:
            await read(number)


async def order_of(session: AsyncSession, sample_id: UUID) -> list[str]:
    """The keys of a sample's order as it was drawn: its items, and those that follow them."""
    items = select(_I.place, _I.key).where(_I.sample_id == sample_id)
    joined = items.with_only_columns(_I.place)
    following = select(_R.place, _R.key).where(_R.sample_id == sample_id, _R.place.not_in(joined))
    both = union_all(items, following).subquery()
    return list(await session.scalars(select(both.c.key).order_by(both.c.place)))
