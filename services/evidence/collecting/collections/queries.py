from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, DateTime, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as rows_of

from services.evidence.collecting.collections.models import UNANSWERED, CollectedItem, Collection, CollectionStatus
from services.evidence.collecting.expectations.models import Expectation
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import AsOf, AsOfQuery, Instant, Owner, UpdatedSince

_C = table_of(Collection).c
_L = table_of(CollectedItem).c
_E = table_of(Expectation).c

_AS_OF = bindparam("as_of", type_=DateTime(timezone=True))
_OVERDUE = and_(_C.status == CollectionStatus.OPEN.value, _C.overdue_at <= _AS_OF)
_EVIDENCE = (
    select(func.json_agg(aggregate_order_by(_L.item_id, _L.item_id)))
    .where(_L.collection_id == _C.id)
    .correlate(table_of(Collection))
    .scalar_subquery()
)

_COLLECTION = select(
    _C.id,
    _C.expectation_id,
    _C.control_id,
    select(_E.title).where(_E.id == _C.expectation_id).correlate(table_of(Collection)).scalar_subquery().label("title"),
    _C.intended_on,
    _C.covers_from,
    _C.covers_until,
    _C.due_at,
    _C.overdue_at,
    _C.owner,
    _C.backup_owner,
    _C.status,
    _OVERDUE.label("overdue"),
    func.coalesce(_C.submitted_at > _C.overdue_at, False).label("late"),
    _C.submitted_at,
    _C.accepted_at,
    _C.reason,
    func.coalesce(_EVIDENCE, func.json_build_array()).label("evidence_ids"),
    _C.version,
    _C.created_at,
    _C.updated_at,
)

collection = One("collection", _COLLECTION, by=_C.id, query=AsOfQuery)


class CollectionQuery(ListQuery):
    sort: Literal["due_at", "-due_at", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_at"
    owner: Annotated[Owner | None, Where(lambda owner: or_(_C.owner == owner, _C.backup_owner == owner))] = Field(
        default=None, description="Owner or backup owner"
    )
    status: CollectionStatus | None = None
    overdue: bool | None = None
    control_id: UUID | None = None
    expectation_id: UUID | None = None
    due_from: Annotated[Instant | None, Where(lambda value: _C.due_at >= value)] = None
    due_until: Annotated[Instant | None, Where(lambda value: _C.due_at < value)] = Field(
        default=None, description="Due before this instant"
    )
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="Overdue as of this instant; now when left out")


collections = Listing(_COLLECTION, id=_C.id, query=CollectionQuery)


async def named(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Collection]:
    """Collections by id, locked until the transaction ends."""
    return await _locked(session, col(Collection.id).in_(ids))


async def waiting_for(session: AsyncSession, expectations: Sequence[UUID]) -> dict[UUID, Collection]:
    """What is still asked for by these expectations, locked until the transaction ends."""
    return await _locked(
        session, col(Collection.expectation_id).in_(expectations), col(Collection.status).in_(UNANSWERED)
    )


async def _locked(session: AsyncSession, *which: ColumnElement[bool]) -> dict[UUID, Collection]:
    query = rows_of(Collection).where(*which).order_by(col(Collection.id))
    return {collection.id: collection for collection in await lock_rows(session, query)}
