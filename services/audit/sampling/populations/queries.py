from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.populations.rules import UNFINISHED
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Population).c

_POPULATION = select(
    _C.id,
    _C.engagement_id,
    _C.series_id,
    _C.number,
    _C.control_id,
    _C.title,
    _C.description,
    _C.first_day,
    _C.last_day,
    _C.provenance,
    _C.status,
    _C.file_format,
    _C.file_size,
    _C.file_sha256,
    _C.key_column,
    _C.day_column,
    _C.columns,
    _C.row_count,
    _C.frame_sha256,
    _C.faults,
    _C.more_faults,
    _C.hints,
    _C.frozen_by,
    _C.frozen_at,
    _C.reliability,
    _C.concluded_by,
    _C.concluded_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

population = One("population", _POPULATION, by=_C.id)


class PopulationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at"
    engagement_id: UUID | None = None
    series_id: UUID | None = Field(default=None, description="All versions of one")
    control_id: UUID | None = None
    status: PopulationStatus | None = None
    current: Annotated[
        bool | None, Where(lambda current: (_C.status != PopulationStatus.SUPERSEDED.value) == current)
    ] = Field(default=None, description="false: only those that a later version superseded")
    q: Annotated[Search | None, Mentions("title", "description")] = Field(
        default=None, description="In title and description"
    )
    updated_since: UpdatedSince = None


populations = Listing(_POPULATION, id=_C.id, query=PopulationQuery)


async def earlier_of(session: AsyncSession, population: Population) -> Population | None:
    """The one that was frozen last before it: of its series, or of its control and title in another engagement."""
    alike = col(Population.series_id) == population.series_id
    if population.control_id is not None:
        same_control = col(Population.control_id) == population.control_id
        alike |= same_control & (col(Population.title) == population.title)
    query = (
        select_rows(Population)
        .where(col(Population.frozen_at).is_not(None), Population.id != population.id, alike)
        .order_by(col(Population.frozen_at).desc(), col(Population.id).desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def of_series(session: AsyncSession, series_id: UUID) -> list[Population]:
    """All versions of a population, the first one first."""
    query = select_rows(Population).where(Population.series_id == series_id).order_by(col(Population.number))
    return list(await session.scalars(query))


def is_unfinished(population: Population) -> bool:
    """Whether its file is still awaited or being read."""
    return PopulationStatus(population.status) in UNFINISHED
