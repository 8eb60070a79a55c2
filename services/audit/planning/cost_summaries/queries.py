from collections.abc import Iterable, Iterator
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.queries import NAME_OF_FIRM
from services.audit.engagements.known_programmes.models import KnownProgramme
from services.audit.planning.cost_entries.models import CostEntry, CostKind, CostMeasure, CostStatus
from services.audit.planning.cost_entries.schemas import Year
from services.audit.planning.cost_summaries.rules import Amount, Summary, Sums, summaries
from services.audit.planning.cost_summaries.schemas import (
    CostSummariesOut,
    CostSummary,
    CurrencySums,
    EngagementDriver,
    KindSums,
)
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import Query

_C = table_of(CostEntry).c
_E = table_of(Engagement).c
_K = table_of(KnownProgramme).c

# An entry for an engagement counts for the programme that the engagement is for by now.
_programme_id: ColumnElement[UUID] = func.coalesce(_C.programme_id, _E.programme_id)
_CELL = (_programme_id, _C.engagement_id, _C.year, _C.kind, _C.currency, _C.decimals, _C.measure)


class CostSummaryQuery(Query):
    """What the summaries are of; everything when nothing is asked."""

    programme_id: UUID | None = None
    engagement_id: UUID | None = None
    from_year: Year | None = Field(default=None, description="The first year, included")
    until_year: Year | None = Field(default=None, description="The last year, included")


async def cost_summaries(session: AsyncSession, query: CostSummaryQuery) -> CostSummariesOut:
    """Budget, actual and difference by programme and year, with the engagements that they are for."""
    found = summaries(await _amounts(session, query))
    titles = await _titles(session, {each.programme_id for each in found if each.programme_id is not None})
    drivers = await _drivers(session, {each for summary in found for each in summary.engagement_ids})
    return CostSummariesOut(summaries=[_out(each, titles, drivers) for each in found])


async def _amounts(session: AsyncSession, query: CostSummaryQuery) -> list[Amount]:
    sums = (
        select(*_CELL, func.sum(_C.amount), func.coalesce(func.sum(_C.effort_minutes), 0))
        .select_from(table_of(CostEntry).outerjoin(table_of(Engagement), _E.id == _C.engagement_id))
        .where(_C.status == CostStatus.RECORDED, *_asked(query))
        .group_by(*_CELL)
    )
    return [
        Amount(
            programme, engagement, year, CostKind(kind), currency, decimals, CostMeasure(measure), int(sum_), int(min_)
        )
        for programme, engagement, year, kind, currency, decimals, measure, sum_, min_ in await session.execute(sums)
    ]


def _asked(query: CostSummaryQuery) -> Iterator[ColumnElement[bool]]:
    if query.programme_id is not None:
        yield _programme_id == query.programme_id
    if query.engagement_id is not None:
        yield _C.engagement_id == query.engagement_id
    if query.from_year is not None:
        yield _C.year >= query.from_year
    if query.until_year is not None:
        yield _C.year <= query.until_year


async def _titles(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(_K.id, _K.title).where(among(_K.id, list(ids))))
    return {row.id: row.title for row in rows}


async def _drivers(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, EngagementDriver]:
    drivers = select(
        _E.id,
        _E.title,
        _E.kind,
        NAME_OF_FIRM.label("firm"),
        _E.categories,
        func.coalesce(_E.as_of_date, _E.period_start).label("first_day"),
        func.coalesce(_E.as_of_date, _E.period_end).label("last_day"),
        func.cardinality(_E.control_ids).label("controls_in_scope"),
        _E.industry,
        _E.headcount,
    ).where(among(_E.id, list(ids)))
    rows = (await session.execute(drivers)).mappings()
    return {row["id"]: EngagementDriver.model_validate(dict(row)) for row in rows}


def _out(summary: Summary, titles: dict[UUID, str], drivers: dict[UUID, EngagementDriver]) -> CostSummary:
    engagements = [drivers[each] for each in summary.engagement_ids if each in drivers]
    return CostSummary(
        programme_id=summary.programme_id,
        programme_title=titles.get(summary.programme_id) if summary.programme_id else None,
        year=summary.year,
        kinds=[KindSums(kind=kind, **_sums(sums)) for kind, sums in summary.kinds],
        totals=[CurrencySums(**_sums(sums)) for sums in summary.totals],
        budget_minutes=summary.budget_minutes,
        actual_minutes=summary.actual_minutes,
        engagements=sorted(engagements, key=lambda each: (each.last_day, each.id)),
    )


def _sums(sums: Sums) -> dict[str, int | str]:
    names = ("currency", "decimals", "budget", "actual", "difference")
    return {name: getattr(sums, name) for name in names}
