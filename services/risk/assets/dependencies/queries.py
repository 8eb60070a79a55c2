from collections.abc import Collection, Sequence
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.assets.assets.models import Asset, AssetRelation, AssetStatus, RelationKind
from services.risk.assets.dependencies.rules import DEEPEST, MOST_ASSETS, Direction, Edge, Step, edge_of, next_steps
from services.risk.assets.dependencies.schemas import DependenciesOut, DependencyOut
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import Query
from shared.problems import NotFound

_A = table_of(Asset).c
_R = table_of(AssetRelation).c


class DependencyQuery(Query):
    """Which way to look, and how far."""

    direction: Direction = Field(
        default=Direction.RESTS_ON, description="`rests_on`: what the asset needs. `carries`: what needs the asset"
    )
    depth: int = Field(default=DEEPEST, ge=1, le=DEEPEST, description="How many steps at most")


async def dependencies(session: AsyncSession, asset_id: UUID, asked: DependencyQuery) -> DependenciesOut:
    """What an asset rests on, or what rests on it, nearest first; retired assets are left out. `NotFound`."""
    if (await session.execute(select(_A.id).where(_A.id == asset_id))).first() is None:
        raise NotFound(f"There is no asset {asset_id}.")
    reached: dict[UUID, Step | None] = {asset_id: None}
    frontier: Sequence[UUID] = [asset_id]
    distance, complete = 0, True
    while frontier:
        steps = next_steps(await _edges(session, frontier), asked.direction, reached, distance + 1)
        if not steps:
            break
        if distance == asked.depth or len(reached) > MOST_ASSETS:
            complete = False
            break
        distance += 1
        reached |= {step.asset_id: step for step in steps}
        frontier = [step.asset_id for step in steps]
    steps = [step for step in reached.values() if step is not None]
    return DependenciesOut(
        asset_id=asset_id,
        direction=asked.direction,
        complete=complete and len(steps) <= MOST_ASSETS,
        items=await _named(session, steps[:MOST_ASSETS]),
    )


async def _edges(session: AsyncSession, ids: Collection[UUID]) -> list[Edge]:
    """What these assets rest on or carry, by relations that either end names, among assets that are not retired."""
    live = select(_A.id).where(_A.status != AssetStatus.RETIRED.value)
    query = select(_R.asset_id, _R.kind, _R.other_id).where(
        among(_R.asset_id, ids) | among(_R.other_id, ids), _R.asset_id.in_(live), _R.other_id.in_(live)
    )
    rows = await session.execute(query)
    edges = (edge_of(asset_id, RelationKind(kind), other_id) for asset_id, kind, other_id in rows)
    return [edge for edge in edges if edge is not None]


async def _named(session: AsyncSession, steps: Sequence[Step]) -> list[DependencyOut]:
    query = select(_A.id, _A.code, _A.title, _A.kind, _A.classification).where(
        among(_A.id, [step.asset_id for step in steps])
    )
    assets = {row.id: row for row in await session.execute(query)}
    return [
        DependencyOut(
            asset_id=step.asset_id,
            code=assets[step.asset_id].code,
            title=assets[step.asset_id].title,
            kind=assets[step.asset_id].kind,
            classification=assets[step.asset_id].classification,
            distance=step.distance,
            from_id=step.from_id,
            relation=step.kind,
        )
        for step in steps
    ]
