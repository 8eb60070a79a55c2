import json
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from stream_zip import ZIP_64, AsyncMemberFile, async_stream_zip

from services.audit.sampling.conducted_engagements.queries import require_member
from services.audit.sampling.population_files.models import file_parts, frame_parts
from services.audit.sampling.population_files.queries import unpacked
from services.audit.sampling.populations.models import Population
from services.audit.sampling.sample_exports.rules import draw_of, readme_of, script_of
from services.audit.sampling.samples.models import Sample, SampleItem, sample_reserves
from services.audit.sampling.selections.rules import SelectionMethod
from shared.data.base import table_of
from shared.data.records import found
from shared.data.sessions import Database
from shared.identity.callers import Caller
from shared.problems import Conflict, NotFound

_I = table_of(SampleItem).c
_R = sample_reserves.c
_MODE = 0o100444


class NotDrawn(Conflict):
    """The sample has not been drawn."""


async def archive(database: Database, caller: Caller, sample_id: UUID) -> AsyncIterable[bytes]:
    """The export as a ZIP that is written while it is read. `NotDrawn` before there is anything to draw again."""
    async with database.transaction(caller.org_id) as session:
        sample = await found(session, Sample, sample_id)
        if sample is None:
            raise NotFound(f"There is no sample {sample_id}.")
        await require_member(session, sample.engagement_id, caller)
        if sample.drawn_at is None:
            raise NotDrawn("Draw it first.")
        population = await found(session, Population, sample.population_id)
        assert population is not None  # the foreign key says so
        items = await _in_order(session, sample_id)
    return async_stream_zip(_members(database, sample, population, items), get_compressobj=_compressor)


async def _in_order(session: AsyncSession, sample_id: UUID) -> list[dict[str, Any]]:
    """All items of the order, with how each joined the sample; null of those that follow it."""
    items = select(_I.place, _I.key, _I.stratum, _I.origin).where(_I.sample_id == sample_id)
    joined = items.with_only_columns(_I.place)
    following = select(_R.place, _R.key, _R.stratum, null().label("origin")).where(
        _R.sample_id == sample_id, _R.place.not_in(joined)
    )
    both = union_all(items, following).subquery()
    return [dict(row) for row in (await session.execute(select(both).order_by(both.c.place))).mappings()]


async def _members(
    database: Database, sample: Sample, population: Population, items: list[dict[str, Any]]
) -> AsyncIterator[AsyncMemberFile]:
    at, org_id = sample.drawn_at or sample.created_at, sample.org_id
    texts = {
        "README.txt": readme_of(sample, population),
        "draw.json": json.dumps(draw_of(sample, population, items), indent=2, ensure_ascii=False) + "\n",
        "draw.py": script_of(SelectionMethod(sample.method)),
    }
    for name, text in texts.items():
        if text is not None:
            yield _member(name, at, _once(text.encode()))
    yield _member("frame.csv", at, unpacked(database, org_id, frame_parts, population.id))
    original = f"original.{population.file_format}"
    yield _member(original, at, unpacked(database, org_id, file_parts, population.id))


def _member(path: str, at: datetime, body: AsyncIterator[bytes]) -> AsyncMemberFile:
    return path, at, _MODE, ZIP_64, body


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _compressor() -> Any:
    """The fastest level: a frame is text that any level makes small."""
    return zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
