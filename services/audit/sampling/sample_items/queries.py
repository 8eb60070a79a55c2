from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.samples.models import (
    ItemOrigin,
    ItemStatus,
    Sample,
    SampleItem,
    SampleStatus,
    sample_reserves,
)
from services.audit.sampling.selections.rules import reserve_of
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(SampleItem).c
_R = sample_reserves.c

_ITEM = select(
    _C.id,
    _C.engagement_id,
    _C.sample_id,
    _C.place,
    _C.origin,
    _C.replaces_id,
    _C.key,
    _C.row,
    _C.day,
    _C.stratum,
    _C.ticket,
    _C.cells,
    _C.status,
    _C.reason,
    _C.alternatives,
    _C.attributes,
    _C.decided_by,
    _C.decided_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

item = One("sample item", _ITEM, by=_C.id)


class SampleItemQuery(ListQuery):
    sort: Literal["place", "-place", "created_at", "-created_at", "updated_at", "-updated_at"] = "place"
    sample_id: UUID | None = None
    engagement_id: UUID | None = None
    status: ItemStatus | None = None
    origin: ItemOrigin | None = None
    q: Annotated[Search | None, Mentions("key")] = Field(default=None, description="In the key")
    updated_since: UpdatedSince = None


items = Listing(_ITEM, id=_C.id, query=SampleItemQuery)


async def items_pending(session: AsyncSession, engagement_id: UUID) -> int:
    """How many items of samples that stand nobody has decided."""
    sample = table_of(Sample).c
    voided = select(sample.id).where(sample.engagement_id == engagement_id, sample.status == SampleStatus.VOIDED)
    pending = select(func.count()).where(_C.engagement_id == engagement_id, _C.status == ItemStatus.PENDING.value)
    return int(await session.scalar(pending.where(_C.sample_id.not_in(voided))) or 0)


async def next_in_reserve(session: AsyncSession, sample_id: UUID, stratum: str | None, count: int) -> list[Row[Any]]:
    """The first items that follow a sample in its order and have not joined it, of one stratum where it has strata."""
    joined = select(_C.place).where(_C.sample_id == sample_id)
    query = select(*_R).where(_R.sample_id == sample_id, _R.place.not_in(joined)).order_by(_R.place).limit(count)
    if stratum is not None:
        query = query.where(_R.stratum == stratum)
    return list(await session.execute(query))


async def is_exhausted(session: AsyncSession, sample_id: UUID, stratum: str | None) -> bool:
    """Whether a sample and what follows it are all items that there are; of one stratum where it has strata.

    When it was drawn, as many were kept as `reserve_of` says, and fewer only where there were no more.
    """
    following = select(func.count()).select_from(sample_reserves).where(_R.sample_id == sample_id)
    selected = select(func.count()).where(_C.sample_id == sample_id, _C.origin == ItemOrigin.SELECTED)
    if stratum is not None:
        following, selected = following.where(_R.stratum == stratum), selected.where(_C.stratum == stratum)
    return (await session.scalar(following) or 0) < reserve_of(await session.scalar(selected) or 0)
