from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, bindparam, delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.subjects.models import TicketSubject
from services.integrations.ticketing.terms.models import SubjectKind
from services.integrations.ticketing.tickets.models import Ticket, TicketCall, TicketState, TicketWork
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_T = table_of(Ticket).c
_W = table_of(TicketWork).c
_K = table_of(TicketCall).c
_S = table_of(TicketSubject).c
# In the order of ids, so that two transactions never wait for each other.
_WAKE = text("""
    update ticket_work set due_at = least(due_at, :at)
    where ticket_id in (select ticket_id from ticket_work where subject_id = any(:ids) order by ticket_id for update)
""")
_WAKE_TICKETS = text("""
    update ticket_work set due_at = least(due_at, :at)
    where ticket_id in (select ticket_id from ticket_work where ticket_id = any(:ids) order by ticket_id for update)
""")
# Whoever may not read the thing may not read its ticket.
_READABLE: ColumnElement[bool] = _T.permission == func.any(bindparam("permissions", type_=ARRAY(Text())))
_CONFLICT: ColumnElement[bool] = func.jsonb_path_exists(_T.fields, text("'$.*.result ? (@ == \"conflict\")'::jsonpath"))

_TICKET = select(
    _T.id,
    _T.connection_id,
    _T.system,
    _T.kind,
    _T.subject_id,
    _T.rule_id,
    _T.state,
    _T.code,
    _T.detail,
    _T.key,
    _T.url,
    _T.category,
    _T.status,
    _T.assignee,
    _T.updated_outside_at,
    _T.fields,
    _T.awaits_check,
    _T.opened_by,
    _T.version,
    _T.created_at,
    _T.updated_at,
).where(_READABLE)

ticket = One("ticket", _TICKET, by=_T.id)


class TicketQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    connection_id: UUID | None = None
    kind: SubjectKind | None = None
    subject_id: UUID | None = None
    rule_id: UUID | None = None
    state: TicketState | None = None
    awaits_check: bool | None = None
    conflict: Annotated[bool | None, Where(lambda wanted: wanted == _CONFLICT)] = None
    updated_since: UpdatedSince = None


tickets = Listing(_TICKET, id=_T.id, query=TicketQuery)


class TicketCallQuery(ListQuery):
    sort: Literal["started_at", "-started_at"] = "-started_at"
    ticket_id: UUID | None = None


ticket_calls = Listing(
    select(_K.id, _K.ticket_id, _K.step, _K.started_at, _K.milliseconds, _K.status, _K.code).where(
        exists().where(_T.id == _K.ticket_id, _READABLE)
    ),
    id=_K.id,
    query=TicketCallQuery,
)


async def subject(session: AsyncSession, kind: str, subject_id: UUID) -> TicketSubject | None:
    """What is known of a thing."""
    query = select(TicketSubject).where(_S.id == subject_id, _S.kind == kind)
    return (await session.scalars(query)).one_or_none()


async def has_ticket(session: AsyncSession, connection_id: UUID, subject_id: UUID) -> bool:
    """Whether a thing has a ticket there."""
    found = select(_T.id).where(_T.connection_id == connection_id, _T.subject_id == subject_id)
    return await session.scalar(found) is not None


async def wake_subjects(session: AsyncSession, subject_ids: Collection[UUID], *, at: datetime) -> None:
    """Say that something is due for the tickets of these things."""
    if subject_ids:
        await session.execute(_WAKE, {"ids": list(subject_ids), "at": at})


async def wake_tickets(session: AsyncSession, ticket_ids: Collection[UUID], *, at: datetime) -> None:
    """Say that something is due for these tickets."""
    if ticket_ids:
        await session.execute(_WAKE_TICKETS, {"ids": list(ticket_ids), "at": at})


async def work_of(session: AsyncSession, ticket_id: UUID) -> TicketWork:
    """The work of a ticket, locked; lock the ticket before."""
    query = select(TicketWork).where(_W.ticket_id == ticket_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


def with_calls_before(before: datetime) -> Select[Any]:
    """The organisations that have calls before an instant."""
    return select(_K.org_id).where(_K.started_at < before).distinct()


async def forget_calls(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete calls made before an instant, the oldest first, up to `limit`."""
    old = select(_K.id).where(_K.started_at < before).order_by(_K.started_at).limit(limit)
    ids = list(await session.scalars(old))
    await session.execute(delete(table_of(TicketCall)).where(among(_K.id, ids)))
    return len(ids)
