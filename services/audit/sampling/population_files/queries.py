import zlib
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.conducted_engagements.queries import require_member
from services.audit.sampling.population_files.models import file_parts, frame_parts
from services.audit.sampling.populations.models import Population
from shared.data.records import found
from shared.data.sessions import Database
from shared.identity.callers import Caller
from shared.problems import NotFound


async def parts_in(database: Database, org_id: UUID, table: Table, population_id: UUID) -> AsyncIterator[bytes]:
    """The compressed parts of a file or frame, each read by itself: no connection is held between them."""
    number = 0
    while True:
        async with database.transaction(org_id) as session:
            part = await part_of(session, table, population_id, number)
        if part is None:
            return
        yield part
        number += 1


async def unpacked(database: Database, org_id: UUID, table: Table, population_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of a file or frame, part by part."""
    async for part in parts_in(database, org_id, table, population_id):
        yield zlib.decompress(part)


async def frozen_population(database: Database, caller: Caller, population_id: UUID) -> Population:
    """A population whose file and frame are kept; `NotFound` before that, and for who is not on the team."""
    async with database.transaction(caller.org_id) as session:
        population = await found(session, Population, population_id)
        if population is not None:
            await require_member(session, population.engagement_id, caller)
    if population is None or population.frozen_at is None:
        raise NotFound(f"There is no frozen population {population_id}.")
    return population


async def part_of(session: AsyncSession, table: Table, population_id: UUID, number: int) -> bytes | None:
    """A compressed part; None behind the last."""
    where = (table.c.population_id == population_id, table.c.number == number)
    part: bytes | None = await session.scalar(select(table.c.content).where(*where))
    return part


async def forget_parts(session: AsyncSession, population_id: UUID) -> None:
    """Delete what is kept of a file, and of a frame that was begun."""
    for table in (file_parts, frame_parts):
        await session.execute(delete(table).where(table.c.population_id == population_id))
