from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, DateTime, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as models_of

from services.evidence.collecting.collections.models import UNANSWERED, CollectedItem, Collection, CollectionStatus
from services.evidence.collecting.expectations.models import Expectation
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import AsOf, AsOfQuery, Instant, PersonRef, UpdatedSince
from shared.people import known
from shared.people.duties import rows_of

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

_EXPECTED = select(_E.title).where(_E.id == _C.expectation_id).correlate(table_of(Collection)).scalar_subquery()
_TITLE = func.coalesce(_C.title, _EXPECTED)

_COLLECTION = select(
    _C.id,
    _C.expectation_id,
    _C.control_id,
    _C.request_id,
    _TITLE.label("title"),
    _C.intended_on,
    _C.covers_from,
    _C.covers_until,
    _C.due_at,
    _C.overdue_at,
    known.named(_C.owner_id).label("owner"),
    known.named(_C.backup_owner_id).label("backup_owner"),
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


def _asked_of(reference: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(known.is_person(_C.owner_id, reference), known.is_person(_C.backup_owner_id, reference))


class CollectionQuery(ListQuery):
    sort: Literal["due_at", "-due_at", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_at"
    owner: Annotated[PersonRef | None, Where(_asked_of)] = Field(default=None, description="Owner or backup owner")
    status: CollectionStatus | None = None
    overdue: bool | None = None
    control_id: UUID | None = None
    expectation_id: UUID | None = None
    request_id: UUID | None = None
    due_from: Annotated[Instant | None, Where(lambda value: _C.due_at >= value)] = None
    due_until: Annotated[Instant | None, Where(lambda value: _C.due_at < value)] = Field(
        default=None, description="Due before this instant"
    )
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="Overdue as of this instant; now when left out")


collections = Listing(_COLLECTION, id=_C.id, query=CollectionQuery)

_UNANSWERED = or_(*(_C.status == status.value for status in UNANSWERED))
_DUTY = _TITLE + func.to_char(_C.intended_on, ", YYYY-MM-DD")
# Who answers for a request is the request's duty, in the audit service.
owned = rows_of(id=_C.id, title=_DUTY, person=_C.owner_id, where=and_(_UNANSWERED, _C.request_id.is_(None)))
backed_up = rows_of(
    id=_C.id, title=_DUTY, person=_C.backup_owner_id, where=and_(_UNANSWERED, _C.backup_owner_id.is_not(None))
)


async def named(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Collection]:
    """Collections by id, locked until the transaction ends."""
    return await _locked(session, col(Collection.id).in_(ids))


async def waiting_for(session: AsyncSession, expectations: Sequence[UUID]) -> dict[UUID, Collection]:
    """What is still asked for by these expectations, locked until the transaction ends."""
    return await _locked(
        session, col(Collection.expectation_id).in_(expectations), col(Collection.status).in_(UNANSWERED)
    )


async def unanswered_of(session: AsyncSession, person: UUID) -> Sequence[Collection]:
    """What expectations still ask a person for, as owner or as backup, locked until the transaction ends."""
    asked = _C.request_id.is_(None) & or_(_C.owner_id == person, _C.backup_owner_id == person)
    return list((await _locked(session, _UNANSWERED, asked)).values())


async def _locked(session: AsyncSession, *which: ColumnElement[bool]) -> dict[UUID, Collection]:
    query = models_of(Collection).where(*which).order_by(col(Collection.id))
    return {collection.id: collection for collection in await lock_rows(session, query)}
