from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, and_, any_, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.risk.assets.assets.models import (
    Asset,
    AssetClassification,
    AssetKind,
    AssetRelation,
    AssetStatus,
    RelationKind,
)
from services.risk.assets.assets.rules import CARRIES_OTHER, RESTS_ON_OTHER
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Query, Where
from shared.data.reads import Listing, One, json_object
from shared.data.records import lock_rows
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named, reference_to

_C = table_of(Asset).c
_R = table_of(AssetRelation).c
_OTHER = table_of(Asset).alias("other")

_RELATION = (
    func.jsonb_array_elements(_C.relations)
    .table_valued("value", with_ordinality="place", name="relation")
    .render_derived()
)
_OTHER_ID = _RELATION.c.value.op("->>")(literal_column("'asset_id'")).cast(Uuid())
_NAME = select(json_object(code=_OTHER.c.code, title=_OTHER.c.title)).where(_OTHER.c.id == _OTHER_ID).scalar_subquery()
_RELATIONS = (
    select(
        func.coalesce(
            func.jsonb_agg(aggregate_order_by(_RELATION.c.value.op("||")(_NAME), _RELATION.c.place)),
            literal_column("'[]'::jsonb"),
        )
    )
    .select_from(_RELATION)
    .correlate(table_of(Asset))
    .scalar_subquery()
)

_ASSET = select(
    _C.id,
    _C.code,
    _C.title,
    _C.kind,
    _C.description,
    named(_C.owner_id).label("owner"),
    _C.classification,
    _C.personal_data,
    _RELATIONS.label("relations"),
    _C.control_ids,
    _C.status,
    _C.retired_because,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

asset = One("asset", _ASSET, by=_C.id)


class AssetFilters(Query):
    """Which assets: of the list, and of its export."""

    kind: AssetKind | None = None
    status: AssetStatus | None = None
    classification: AssetClassification | None = None
    personal_data: bool | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    control_id: Annotated[UUID | None, Where(lambda value: value == any_(_C.control_ids))] = Field(
        default=None, description="A control that protects the asset"
    )
    related_to: Annotated[
        UUID | None, Where(lambda value: exists().where(_R.asset_id == _C.id, _R.other_id == value))
    ] = Field(default=None, description="An asset that the asset names in its relations")
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


class AssetQuery(AssetFilters, ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"


assets = Listing(_ASSET, id=_C.id, query=AssetQuery)
# As a table that an import takes back: the owner by what names them there.
tabled = Listing(_ASSET.add_columns(reference_to(_C.owner_id).label("owner_reference")), id=_C.id, query=AssetQuery)

owned = rows_of(
    id=_C.id,
    title=_C.code + " " + _C.title,
    person=_C.owner_id,
    where=_C.status != AssetStatus.RETIRED.value,
)


async def kinds_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Kind and status of those of these assets that there are."""
    rows = await session.execute(select(_C.id, _C.kind, _C.status).where(among(_C.id, ids)))
    return {key: (kind, status) for key, kind, status in rows}


async def locations(session: AsyncSession) -> dict[UUID, list[UUID]]:
    """Where each asset is located."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    query = select(_R.asset_id, _R.other_id).where(_R.kind == RelationKind.LOCATED_IN.value)
    for asset_id, place in await session.execute(query):
        found[asset_id].append(place)
    return found


async def still_resting_on(session: AsyncSession, asset_id: UUID) -> Sequence[str]:
    """The codes of the assets in use that rest on this one."""
    rests, carries = (among(_R.kind, [kind.value for kind in kinds]) for kinds in (RESTS_ON_OTHER, CARRIES_OTHER))
    resting = or_(
        and_(rests, _R.other_id == asset_id, _C.id == _R.asset_id),
        and_(carries, _R.asset_id == asset_id, _C.id == _R.other_id),
    )
    query = select(_C.code).where(_C.status == AssetStatus.ACTIVE.value, exists().where(resting)).order_by(_C.code)
    return (await session.scalars(query)).all()


async def locked_by_code(session: AsyncSession, codes: Collection[str]) -> dict[str, Asset]:
    """The assets that have one of these codes, locked in the order of their ids."""
    query = select_rows(Asset).where(among(_C.code, codes)).order_by(_C.id)
    return {row.code: row for row in await lock_rows(session, query)}
