"""How many risks are rated alike."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.pictures.heat_maps.rules import Place, RatedAlike, heat_map
from services.risk.pictures.heat_maps.schemas import MOST_IDS, HeatMap
from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.queries import method_in_force
from shared.data.base import table_of
from shared.events.catalogue.risk import RiskStatus

_C = table_of(Risk).c
_INHERENT = (_C.inherent_likelihood, _C.inherent_impact)
_CURRENT = (_C.current_likelihood, _C.current_impact)


async def heat_map_now(session: AsyncSession, category: str | None) -> HeatMap:
    """The heat map of the risks that are not closed, of one category or of all."""
    in_force = await method_in_force(session)
    shown = (_C.status != RiskStatus.CLOSED) & (true() if category is None else _C.category == category)
    counted = select(*_INHERENT, *_CURRENT, func.count()).where(shown).group_by(*_INHERENT, *_CURRENT)
    groups = [RatedAlike((row[0], row[1]), (row[2], row[3]), row[4]) for row in await session.execute(counted)]
    return heat_map(in_force.terms, category, groups, await _first_ids(session, shown))


async def _first_ids(session: AsyncSession, shown: ColumnElement[Any]) -> dict[Place, list[UUID]]:
    place = func.row_number().over(partition_by=_CURRENT, order_by=(_C.code, _C.id)).label("place")
    ranked = select(*_CURRENT, _C.id, place).where(shown).subquery()
    first = select(ranked).where(ranked.c.place <= MOST_IDS).order_by(ranked.c.place)
    ids: defaultdict[Place, list[UUID]] = defaultdict(list)
    for likelihood, impact, key, _ in await session.execute(first):
        ids[likelihood, impact].append(key)
    return ids
