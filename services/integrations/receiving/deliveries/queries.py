from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, Uuid, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.receiving.deliveries.models import Delivery, DeliveryState, Tally, TallyCode
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_D = table_of(Delivery).c
_T = table_of(Tally).c

_DELIVERY = select(
    _D.id,
    _D.source_id,
    _D.event,
    _D.key,
    _D.received_at,
    _D.sha256,
    func.octet_length(_D.body).label("size"),
    _D.redacted,
    _D.state,
    _D.detail,
    _D.facts,
    _D.mapped_at,
    _D.version,
    _D.created_at,
    _D.updated_at,
)

delivery = One("delivery", _DELIVERY, by=_D.id)
# What is no UTF-8 was refused before; what PostgreSQL's text cannot hold is escaped in JSON.
delivery_body = One(
    "delivery",
    select(_D.id, _D.headers, func.convert_from(_D.body, "UTF8").label("body"), _D.version),
    by=_D.id,
)


class DeliveryQuery(ListQuery):
    sort: Literal["received_at", "-received_at", "updated_at", "-updated_at"] = "-received_at"
    source_id: UUID | None = None
    state: DeliveryState | None = None
    event: str | None = Field(default=None, max_length=200, description="The sender's name of the event")
    updated_since: UpdatedSince = None


deliveries = Listing(_DELIVERY, id=_D.id, query=DeliveryQuery)


class TallyQuery(ListQuery):
    sort: Literal["last_at", "-last_at"] = "-last_at"
    code: TallyCode | None = None


tallies = Listing(
    select(_T.source_id.label("id"), _T.day, _T.code, _T.count, _T.last_at).where(
        _T.source_id == bindparam("source_id", type_=Uuid())
    ),
    id=_T.source_id,
    query=TallyQuery,
)


async def keep_once(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Keep a delivery unless its source sent it before, by its key or with the same body."""
    statement = insert(table_of(Delivery)).values(values).on_conflict_do_nothing().returning(_D.id)
    return (await session.execute(statement)).one_or_none() is not None


async def count(session: AsyncSession, org_id: UUID, source_id: UUID, code: TallyCode, *, at: datetime) -> None:
    """Count one more request that is not kept."""
    values = {"org_id": org_id, "source_id": source_id, "day": at.date(), "code": code, "count": 1, "last_at": at}
    statement = insert(table_of(Tally)).values(values)
    more = {"count": _T.count + 1, "last_at": at}
    await session.execute(statement.on_conflict_do_update(index_elements=["source_id", "day", "code"], set_=more))


def waiting(*, limit: int) -> Select[UUID]:
    """The organisations of the deliveries that have waited longest to be mapped."""
    oldest = select(_D.org_id).where(_D.state == DeliveryState.RECEIVED.value).order_by(_D.received_at).limit(limit)
    return select(oldest.subquery().c.org_id).distinct()


def older_than(before: datetime) -> Select[UUID]:
    """The organisations that have deliveries received before an instant."""
    return select(_D.org_id).where(_D.received_at < before).distinct()


async def forget(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete deliveries received before an instant, the oldest first, up to `limit`."""
    old = select(_D.id).where(_D.received_at < before).order_by(_D.received_at).limit(limit)
    return len((await session.execute(delete(table_of(Delivery)).where(_D.id.in_(old)).returning(_D.id))).all())
