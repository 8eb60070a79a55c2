from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.samples.models import ItemStatus, Sample, SampleItem, SampleStatus
from services.audit.sampling.selections.rules import SEEDED, SelectionMethod
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import Search, UpdatedSince

_C = table_of(Sample).c
_P = table_of(Population).c
_I = table_of(SampleItem).c
_OTHER = table_of(Sample).alias("others")

_SUPERSEDED = select(_P.status == PopulationStatus.SUPERSEDED.value).where(_P.id == _C.population_id).scalar_subquery()
_DRAWS = (
    select(func.count())
    .select_from(_OTHER)
    .where(
        _OTHER.c.series_id == _C.series_id,
        _OTHER.c.control_id == _C.control_id,
        _OTHER.c.seeded_at.is_not(None),
    )
    .scalar_subquery()
)


def _counted(status: ItemStatus) -> ColumnElement[Any]:
    return func.count().filter(_I.status == status.value)


_ITEMS = (
    select(json_object(**{status.value: _counted(status) for status in ItemStatus}))
    .where(_I.sample_id == _C.id)
    .scalar_subquery()
)

_SUMMARY = select(
    _C.id,
    _C.engagement_id,
    _C.population_id,
    _SUPERSEDED.label("population_superseded"),
    _C.control_id,
    _C.title,
    _C.method,
    _C.size,
    _C.planned_size,
    _C.planned_deviations,
    _C.size_reason,
    _C.design,
    _C.stratum_column,
    _C.strata,
    func.cardinality(_C.picks).label("pick_count"),
    _C.selection_reason,
    _C.attributes,
    _C.status,
    _C.seed,
    _C.seed_origin,
    _C.seed_source,
    _C.seeded_at,
    _C.draw_number,
    _DRAWS.label("draws_made"),
    _C.frame_sha256,
    _C.drawn_by,
    _C.drawn_at,
    _C.released_by,
    _C.released_at,
    _C.extension,
    _C.evaluation,
    _C.voided,
    _ITEMS.label("items"),
    _C.version,
    _C.created_at,
    _C.updated_at,
)

sample = One("sample", _SUMMARY.add_columns(_C.picks), by=_C.id)


class SampleQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at"
    engagement_id: UUID | None = None
    population_id: UUID | None = None
    control_id: UUID | None = None
    method: SelectionMethod | None = None
    status: SampleStatus | None = None
    standing: Annotated[bool | None, Where(lambda standing: (_C.status != SampleStatus.VOIDED.value) == standing)] = (
        Field(default=None, description="false: only those that were voided")
    )
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


samples = Listing(_SUMMARY, id=_C.id, query=SampleQuery)


async def stands(session: AsyncSession, series_id: UUID, control_id: UUID) -> UUID | None:
    """The sample that a seed selects for this control from any version of this population, unless it was voided."""
    seeded = _C.method.in_([method.value for method in SEEDED])
    where = and_(_C.series_id == series_id, _C.control_id == control_id, _C.status != SampleStatus.VOIDED, seeded)
    key: UUID | None = await session.scalar(select(_C.id).where(where).limit(1))
    return key


async def draws_made(session: AsyncSession, series_id: UUID, control_id: UUID) -> int:
    """How many seeds were made or given for this control and population."""
    same = (_C.series_id == series_id, _C.control_id == control_id, _C.seeded_at.is_not(None))
    return await session.scalar(select(func.count()).where(*same)) or 0


async def item_counts(session: AsyncSession, sample_id: UUID) -> dict[ItemStatus, int]:
    """How many items of a sample there are of each status."""
    counted = select(_I.status, func.count()).where(_I.sample_id == sample_id).group_by(_I.status)
    counts = {ItemStatus(status): count for status, count in await session.execute(counted)}
    return {status: counts.get(status, 0) for status in ItemStatus}
