from collections.abc import Collection
from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.collecting.collections.models import CollectedItem
from services.evidence.items.evidence.models import Item, ReviewStatus
from services.evidence.items.reviews.models import Review
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.outside import ClientWords
from shared.data.queries import AtOrAfter, ListQuery
from shared.data.reads import Listing
from shared.http.fields import Instant

_R = table_of(Review).c
_I = table_of(Item).c
_L = table_of(CollectedItem).c

_SERIES = select(_I.series_id).where(_I.id == bindparam("item_id", type_=Uuid())).scalar_subquery()


class ReviewQuery(ListQuery):
    sort: Literal["reviewed_at", "-reviewed_at"] = "reviewed_at"
    updated_since: Annotated[Instant | None, AtOrAfter("reviewed_at")] = None


reviews = Listing(
    select(_R.id, _R.item_id, _R.number, _R.decision, _R.reason, _R.reviewer, _R.reviewed_at).where(
        _R.series_id == _SERIES
    ),
    id=_R.id,
    query=ReviewQuery,
    names_controls=ClientWords("reason"),
)


async def with_other_submissions(session: AsyncSession, collections: Collection[UUID], item_id: UUID) -> set[UUID]:
    """Those of these collections for which other evidence than this item waits for review. They are locked."""
    others = (
        select(_L.collection_id)
        .join(table_of(Item), _I.id == _L.item_id)
        .where(among(_L.collection_id, collections), _I.id != item_id, _I.status == ReviewStatus.SUBMITTED)
    )
    return set(await session.scalars(others))
