from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, DateTime, Integer, Row, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.webhook_deliveries.models import Queue, WebhookDelivery, WebhookState
from shared.data.base import table_of
from shared.data.bulk import among

_D = table_of(WebhookDelivery).c
_Q = table_of(Queue).c
# For the worker's connection: what may be due, the longest first. `slow` are those that could keep others waiting.
DUE = """
    select endpoint_id, org_id, failures > 0 or last_milliseconds > 2000 as slow
    from webhook_queues where due_at <= $1 order by due_at limit $2
"""
# Of an ordered endpoint, what waits behind an earlier delivery about the same subject.
_IS_BEHIND = """exists (
    select 1 from webhook_deliveries e where e.endpoint_id = d.endpoint_id and e.subject = d.subject
    and e.due_at is not null and not e.is_test and e.id < d.id
)"""
_TAKE = text(f"""
    with taken as (
        select found.* from unnest(:endpoints, :slots, :active, :ordered) as w(endpoint_id, slots, active, ordered)
        cross join lateral (
            select d.id, d.state as was, d.due_at as lease from webhook_deliveries d
            where d.endpoint_id = w.endpoint_id and d.due_at <= :at and (w.active or d.is_test)
            and (not w.ordered or d.is_test or not {_IS_BEHIND})
            order by d.due_at, d.id limit w.slots for update skip locked
        ) found
    )
    update webhook_deliveries d
    set state = 'sending', tries = d.tries + 1, attempts = d.attempts + 1, due_at = :lease_until,
        version = d.version + 1, updated_at = :at
    from taken where d.id = taken.id
    returning d.id, d.org_id, d.endpoint_id, d.message_id, d.type, d.is_test, d.attempts, taken.was, taken.lease
""").bindparams(  # noqa: S608 - the one fragment is above
    bindparam("endpoints", type_=ARRAY(Uuid())),
    bindparam("slots", type_=ARRAY(Integer())),
    bindparam("active", type_=ARRAY(Boolean())),
    bindparam("ordered", type_=ARRAY(Boolean())),
    bindparam("at", type_=DateTime(timezone=True)),
    bindparam("lease_until", type_=DateTime(timezone=True)),
)
_REFRESH = text(f"""
    update webhook_queues q set due_at = case when next.due is not null then greatest(next.due, w.earliest) end
    from unnest(:endpoints, :active, :ordered, :earliest) as w(endpoint_id, active, ordered, earliest)
    cross join lateral (
        select case
            when not w.active then (
                select min(d.due_at) from webhook_deliveries d
                where d.endpoint_id = w.endpoint_id and d.due_at is not null and d.is_test
            )
            when w.ordered then (
                select min(d.due_at) from webhook_deliveries d
                where d.endpoint_id = w.endpoint_id and d.due_at is not null and (d.is_test or not {_IS_BEHIND})
            )
            else (
                select min(d.due_at) from webhook_deliveries d
                where d.endpoint_id = w.endpoint_id and d.due_at is not null
            )
        end as due
    ) next
    where q.endpoint_id = w.endpoint_id
""").bindparams(  # noqa: S608 - the one fragment is above
    bindparam("endpoints", type_=ARRAY(Uuid())),
    bindparam("active", type_=ARRAY(Boolean())),
    bindparam("ordered", type_=ARRAY(Boolean())),
    bindparam("earliest", type_=ARRAY(DateTime(timezone=True))),
)


async def free_queues(session: AsyncSession, endpoint_ids: Collection[UUID]) -> Sequence[Queue]:
    """The queues of these endpoints that nobody else has locked, locked in the order of their ids."""
    query = select(Queue).where(among(_Q.endpoint_id, endpoint_ids)).order_by(_Q.endpoint_id)
    options = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return (await session.scalars(options)).all()


async def locked_queues(session: AsyncSession, endpoint_ids: Collection[UUID]) -> dict[UUID, Queue]:
    """The queues of these endpoints, locked in the order of their ids."""
    query = select(Queue).where(among(_Q.endpoint_id, endpoint_ids)).order_by(_Q.endpoint_id)
    rows = await session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {queue.endpoint_id: queue for queue in rows}


async def sending_now(session: AsyncSession, endpoint_ids: Collection[UUID], *, at: datetime) -> dict[UUID, int]:
    """How many deliveries of each endpoint are being sent."""
    query = select(_D.endpoint_id, func.count()).where(
        among(_D.endpoint_id, endpoint_ids), _D.state == WebhookState.SENDING.value, _D.due_at > at
    )
    return {row[0]: row[1] for row in await session.execute(query.group_by(_D.endpoint_id))}


async def take(session: AsyncSession, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Lease deliveries that are due, up to so many of each endpoint."""
    return (await session.execute(_TAKE, dict(values))).all()


async def refresh(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Note on each queue when its endpoint has to be looked at next."""
    await session.execute(_REFRESH, dict(values))
