from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, any_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.known_assets.models import KnownAsset
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.reads import json_object
from shared.problems import Fault

_A = table_of(KnownAsset).c


def assets_named(asset_ids: ColumnElement[Any], of: FromClause) -> ColumnElement[Any]:
    """The assets of a table's array of ids, in the order of their codes, as a JSON array of `ScopedAsset`. Label it."""
    asset = json_object(id=_A.id, code=_A.code, title=_A.title, kind=_A.kind, retired=_A.retired)
    assets = func.coalesce(func.json_agg(aggregate_order_by(asset, _A.code, _A.id)), func.json_build_array())
    return select(assets).where(_A.id == any_(asset_ids)).correlate(of).scalar_subquery()


async def faults_of_assets(
    session: AsyncSession, asset_ids: Sequence[UUID], *, before: Collection[UUID] = ()
) -> list[Fault]:
    """Assets that a scope cannot name: unknown ones, and retired ones unless it named them before."""
    query = select(_A.id, _A.retired).where(among(_A.id, asset_ids))
    retired = {row.id: bool(row.retired) for row in await session.execute(query)}
    return [
        Fault(f"/asset_ids/{place}", f"the asset is retired: {key}" if key in retired else f"unknown: {key}")
        for place, key in enumerate(asset_ids)
        if key not in before and retired.get(key, True)
    ]
