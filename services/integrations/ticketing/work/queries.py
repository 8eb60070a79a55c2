from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.connections.models import TicketQueue
from services.integrations.ticketing.tickets.models import Ticket, TicketState, TicketWork
from shared.data.base import table_of
from shared.data.records import lock_free

_Q = table_of(TicketQueue).c
_W = table_of(TicketWork).c
# For the worker's connection: connections that nobody works on and for which something is due now.
DUE = """
    select q.connection_id, q.org_id from ticket_queues q
    where (q.lease_until is null or q.lease_until <= $1) and (
        q.test_due_at <= $1 or (
            q.is_active and (q.rest_until is null or q.rest_until <= $1)
            and exists (select from ticket_work w where w.connection_id = q.connection_id and w.due_at <= $1)
        )
    ) order by q.last_worked_at nulls first, q.connection_id limit $2
"""


async def free_queue(session: AsyncSession, connection_id: UUID, *, at: datetime) -> TicketQueue | None:
    """The queue of a connection, locked, if nobody else has it."""
    query = select(TicketQueue).where(
        _Q.connection_id == connection_id, (_Q.lease_until.is_(None)) | (_Q.lease_until <= at)
    )
    locking = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return (await session.scalars(locking)).one_or_none()


async def due_ticket(session: AsyncSession, connection_id: UUID, *, at: datetime) -> Ticket | None:
    """The ticket of a connection that is due longest, locked."""
    due = (
        select(Ticket)
        .join(TicketWork, _W.ticket_id == table_of(Ticket).c.id)
        .where(_W.connection_id == connection_id, _W.due_at <= at)
        .order_by(_W.due_at, _W.ticket_id)
        .limit(1)
    )
    return next(iter(await lock_free(session, due)), None)


UNOPENED = frozenset({TicketState.INTENT, TicketState.CREATING})
_REPORTED = text("""
    select t.id from facts f
    join ticket_connections c on c.source_id = f.source_id
    join tickets t on t.connection_id = c.id and f.thing in (t.outside_id, t.key, c.project || ' / ' || t.outside_id)
    where f.id = any(:facts) and f.kind = 'ticket_changed'
    and (c.account is null or f.data ->> 'changed_by' is distinct from c.account)
""").bindparams(bindparam("facts", type_=ARRAY(Uuid())))


async def reported_tickets(session: AsyncSession, fact_ids: Collection[UUID]) -> list[UUID]:
    """The tickets that these facts are about, but for those that our own account changed: that is our own writing."""
    return list(await session.scalars(_REPORTED, {"facts": list(fact_ids)}))
