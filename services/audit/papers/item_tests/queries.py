from collections.abc import Collection
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.papers.item_tests.models import ItemTest
from services.audit.sampling.samples.models import ItemStatus, SampleItem
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(ItemTest).c
_I = table_of(SampleItem).c

_TEST = select(
    _C.id,
    _C.engagement_id,
    _C.paper_id,
    _C.sample_id,
    _C.sample_item_id,
    _I.place,
    _I.key,
    _I.status.label("outcome"),
    _I.reason,
    _C.attributes,
    _C.tick_marks,
    _C.evidence,
    _C.note,
    _C.tested_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
).join(table_of(SampleItem), _I.id == _C.sample_item_id)

item_test = One("item test", _TEST, by=_C.id)


class ItemTestQuery(ListQuery):
    sort: Literal["place", "-place", "created_at", "-created_at", "updated_at", "-updated_at"] = "place"
    engagement_id: UUID | None = None
    paper_id: UUID | None = None
    sample_id: UUID | None = None
    sample_item_id: UUID | None = None
    outcome: ItemStatus | None = None
    updated_since: UpdatedSince = None


item_tests = Listing(_TEST, id=_C.id, query=ItemTestQuery)


async def test_of_item(session: AsyncSession, paper_id: UUID, item_id: UUID) -> ItemTest | None:
    """The test of an item on a paper."""
    query = select_rows(ItemTest).where(ItemTest.paper_id == paper_id, ItemTest.sample_item_id == item_id)
    return (await session.scalars(query)).one_or_none()


async def tests_on(session: AsyncSession, paper_id: UUID) -> Collection[ItemTest]:
    """The tests of items on a paper."""
    return (await session.scalars(select_rows(ItemTest).where(col(ItemTest.paper_id) == paper_id))).all()
