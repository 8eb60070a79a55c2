from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, DateTime, Text, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as rows_of

from services.evidence.collecting.collections.models import UNANSWERED, CollectedItem, Collection, CollectionStatus
from services.evidence.collecting.expectations.models import Expectation
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(Collection).c
_L = table_of(CollectedItem).c
_E = table_of(Expectation).c

_AS_OF = bindparam("as_of", type_=DateTime(timezone=True))
_OVERDUE = and_(_C.status == CollectionStatus.OPEN.value, _C.overdue_at <= _AS_OF)
_OWNER = bindparam("owner", type_=Text())
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

collection = One("collection", _COLLECTION, by=_C.id)

collections = Listing(
    _COLLECTION,
    id=_C.id,
    filters={
        "owner": or_(_C.owner == _OWNER, _C.backup_owner == _OWNER),
        "status": _C.status == bindparam("status", type_=Text()),
        "overdue": bindparam("overdue", type_=Boolean()) == _OVERDUE,
        "control_id": _C.control_id == bindparam("control_id", type_=Uuid()),
        "expectation_id": _C.expectation_id == bindparam("expectation_id", type_=Uuid()),
        "due_from": _C.due_at >= bindparam("due_from", type_=DateTime(timezone=True)),
        "due_until": _C.due_at < bindparam("due_until", type_=DateTime(timezone=True)),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "due_at": _C.due_at, "updated_at": _C.updated_at},
)


async def named(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Collection]:
    """Collections by id, held until the transaction ends."""
    return await _held(session, col(Collection.id).in_(ids))


async def waiting_for(session: AsyncSession, expectations: Sequence[UUID]) -> dict[UUID, Collection]:
    """What is still asked for by these expectations, held until the transaction ends."""
    return await _held(
        session, col(Collection.expectation_id).in_(expectations), col(Collection.status).in_(UNANSWERED)
    )


async def _held(session: AsyncSession, *which: ColumnElement[bool]) -> dict[UUID, Collection]:
    query = rows_of(Collection).where(*which).order_by(col(Collection.id)).with_for_update()
    held = await session.scalars(query.execution_options(populate_existing=True))
    return {each.id: each for each in held}
