"""The verbs of work: lease what is due, and record what came of it. Nothing is sent inside a transaction."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.calls import Call
from services.integrations.ticketing.connections.actions import note_success, shut
from services.integrations.ticketing.connections.models import (
    ConnectionDisabledFor,
    ConnectionStatus,
    TicketConnection,
    TicketQueue,
)
from services.integrations.ticketing.connections.queries import queue_of
from services.integrations.ticketing.connections.rules import MOST_WRITES_AT_ONCE, may_write, next_minute, rest_after
from services.integrations.ticketing.connections.rules import count_writes as count_minute
from services.integrations.ticketing.credentials.actions import opened
from services.integrations.ticketing.fields.models import FieldResult, FieldState
from services.integrations.ticketing.fields.rules import OVER, Ours
from services.integrations.ticketing.terms.models import (
    FieldDirection,
    FieldName,
    Outside,
    Place,
    Refused,
    TicketCode,
    TicketSystem,
)
from services.integrations.ticketing.terms.rules import PASSING
from services.integrations.ticketing.tickets.actions import told
from services.integrations.ticketing.tickets.models import Ticket, TicketCall, TicketState, TicketWork
from services.integrations.ticketing.tickets.queries import subject, wake_tickets, work_of
from services.integrations.ticketing.work.models import Claimed, Done, Task
from services.integrations.ticketing.work.queries import UNOPENED, due_ticket, free_queue, reported_tickets
from services.integrations.ticketing.work.rules import (
    OF_CONNECTION,
    content_of,
    count_writes,
    next_hour,
    next_look,
    next_try,
    writes_left,
)
from shared.data.records import locked
from shared.events.catalogue.tickets import (
    TicketCapped,
    TicketClosed,
    TicketClosedOutside,
    TicketConflicted,
    TicketFailed,
    TicketMoved,
    TicketOpened,
    TicketReopened,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM

# Longer than all calls of one piece of work may take. When a worker ends meanwhile, another goes on after this.
LEASE = timedelta(seconds=120)
_UNTIL_TESTED_AGAIN = timedelta(minutes=1)


async def claim(session: AsyncSession, connection_id: UUID, *, at: datetime) -> Claimed | None:
    """Lease one piece of work of a connection: a test before a ticket. None when there is none any more."""
    connection = await locked(session, TicketConnection, connection_id, noun="ticket connection")
    queue = await free_queue(session, connection_id, at=at)
    if queue is None:
        return None
    await _note_interruption(session, queue, at=at)
    lease_until = at + LEASE
    if queue.test_due_at is not None and queue.test_due_at <= at:
        queue.lease_until = queue.test_due_at = lease_until
        queue.work_id = None
        place = await _place(session, connection)
        return Claimed(Task.TEST, connection.org_id, connection_id, lease_until, place)
    if not queue.is_active or (queue.rest_until is not None and queue.rest_until > at):
        return None
    if not may_write(queue, most=connection.writes_per_minute, at=at):
        queue.rest_until = next_minute(queue, at=at)
        return None
    ticket = await due_ticket(session, connection_id, at=at)
    if ticket is None:
        return None
    queue.lease_until, queue.work_id = lease_until, ticket.id
    return await _claim_ticket(session, connection, ticket, lease_until, at=at)


async def record(session: AsyncSession, done: Done, *, at: datetime) -> None:
    """Record what came of a piece of work, and when the next is due."""
    claimed, refused = done.claimed, done.refused
    connection = await locked(session, TicketConnection, claimed.connection_id, noun="ticket connection")
    queue = await queue_of(session, connection.id)
    if queue.lease_until == claimed.lease_until:
        queue.lease_until = queue.work_id = None
    count_minute(queue, done.writes, at=at)
    await _judge(session, connection, queue, refused, at=at)
    if claimed.ticket_id is None:
        _note_test(session, connection, queue, done, at=at)
        return
    ticket = await locked(session, Ticket, claimed.ticket_id, noun="ticket")
    work = await work_of(session, ticket.id)
    count_writes(work, done.writes, at=at)
    session.add_all(_call(ticket, call) for call in done.calls)
    due_at = await _settle(session, ticket, work, done, at=at)
    if work.due_at == claimed.lease_until:  # or something has happened meanwhile, and it is due again at once
        work.due_at = due_at


async def look_at_reported(session: AsyncSession, fact_ids: Sequence[UUID], *, at: datetime) -> None:
    """Have the tickets looked at that facts are about."""
    await wake_tickets(session, await reported_tickets(session, fact_ids), at=at)


async def _claim_ticket(
    session: AsyncSession, connection: TicketConnection, ticket: Ticket, lease_until: datetime, *, at: datetime
) -> Claimed:
    work = await work_of(session, ticket.id)
    work.due_at = lease_until
    about = await subject(session, ticket.kind, ticket.subject_id)
    if about is None:
        raise AssertionError("a ticket is about something that is known, and nothing known is forgotten")
    if ticket.state == TicketState.INTENT:
        ticket.state = TicketState.CREATING
    left = writes_left(work, most=connection.writes_per_ticket, at=at)
    return Claimed(
        task=Task.OPEN if ticket.state in UNOPENED else Task.KEEP,
        org_id=connection.org_id,
        connection_id=connection.id,
        lease_until=lease_until,
        place=await _place(session, connection),
        ticket_id=ticket.id,
        since=ticket.created_at,
        content=content_of(ticket, about, connection.link_base),
        ours=Ours(about.title, about.due_on, about.is_over),
        outside_id=ticket.outside_id,
        updated_outside_at=ticket.updated_outside_at,
        directions={FieldName(name): FieldDirection(value) for name, value in connection.directions.items()},
        fields={FieldName(name): FieldState.of(kept) for name, kept in ticket.fields.items()},
        may_write=left >= min(MOST_WRITES_AT_ONCE, connection.writes_per_ticket),
    )


async def _place(session: AsyncSession, connection: TicketConnection) -> Place:
    return Place(
        system=TicketSystem(connection.system),
        base_url=connection.base_url,
        project=connection.project,
        issue_type=connection.issue_type,
        username=connection.username,
        labels=connection.labels,
        states=connection.states,
        account=connection.account,
        credential=await opened(session, connection.id),
    )


async def _note_interruption(session: AsyncSession, queue: TicketQueue, *, at: datetime) -> None:
    """The last worker ended before it recorded what came of its work; the system may have had its requests."""
    if queue.lease_until is None or queue.work_id is None:
        return
    session.add(
        TicketCall(
            org_id=queue.org_id,
            ticket_id=queue.work_id,
            step="work",
            started_at=queue.lease_until - LEASE,
            milliseconds=0,
            code=TicketCode.INTERRUPTED,
        )
    )
    queue.last_failed_at, queue.last_code, queue.last_detail = at, TicketCode.INTERRUPTED, None
    queue.lease_until = queue.work_id = None


def _note_test(
    session: AsyncSession, connection: TicketConnection, queue: TicketQueue, done: Done, *, at: datetime
) -> None:
    """What a test means for its connection. What failed and may pass by itself is tested again."""
    if queue.test_due_at != done.claimed.lease_until:
        return  # The connection was changed or disabled meanwhile: this test proves nothing of how it is now.
    passing = done.refused is not None and done.refused.code in PASSING
    queue.test_due_at = (queue.rest_until or at + _UNTIL_TESTED_AGAIN) if passing else None
    if done.refused is None:
        note_success(session, connection, queue, done.account, at=at)


async def _judge(
    session: AsyncSession, connection: TicketConnection, queue: TicketQueue, refused: Refused | None, *, at: datetime
) -> None:
    """What a piece of work means for its connection: it goes on, rests, or is disabled."""
    queue.last_worked_at = at
    if refused is None:
        queue.failures, queue.rest_until, queue.last_code, queue.last_detail = 0, None, None, None
        return
    queue.last_failed_at, queue.last_code, queue.last_detail = at, refused.code, refused.detail or None
    if refused.code in OF_CONNECTION:
        queue.failures += 1
        queue.rest_until = at + rest_after(queue.failures, asked=refused.rest)
    if refused.code == TicketCode.UNAUTHORIZED and connection.status == ConnectionStatus.ACTIVE:
        await shut(session, connection, ConnectionDisabledFor.UNAUTHORIZED, by=SYSTEM, at=at)


async def _settle(
    session: AsyncSession, ticket: Ticket, work: TicketWork, done: Done, *, at: datetime
) -> datetime | None:
    """What a piece of work means for its ticket; when the next is due."""
    opening = ticket.state in UNOPENED
    if done.outside is not None:
        _take(session, ticket, done.outside, at=at)
        _note_fields(session, ticket, done, at=at)
        await _note_end(session, ticket, at=at)
    if done.refused is not None:
        work.tries += done.refused.code != TicketCode.RATE_LIMITED
        ticket.code, ticket.detail = done.refused.code, done.refused.detail or None
        retry_at = next_try(work, done.refused, ticket.state, at=at)
        if retry_at is None:
            ticket.state = TicketState.FAILED
            announce(session, TicketFailed(**told(ticket), code=done.refused.code), about=ticket, by=SYSTEM, at=at)
        return retry_at
    work.tries, ticket.code, ticket.detail = 0, None, None
    if done.is_capped:
        if not work.is_capped:
            work.is_capped = True
            announce(session, TicketCapped(**told(ticket)), about=ticket, by=SYSTEM, at=at)
        return next_hour(work, at=at)
    if opening:
        return at  # its fields are compared at once with what the system made of them
    return next_look(ticket, at=at, spread=random.uniform(-1, 1))  # noqa: S311 - it spreads load


def _take(session: AsyncSession, ticket: Ticket, outside: Outside, *, at: datetime) -> None:
    """Keep how a ticket stands outside; what is older than what is known changes nothing."""
    known = ticket.updated_outside_at
    if known is not None and outside.updated_at is not None and outside.updated_at < known:
        return
    was, opening = ticket.category, ticket.state in UNOPENED
    ticket.outside_id, ticket.key, ticket.url = outside.id, outside.key, outside.url
    ticket.category, ticket.status, ticket.assignee = outside.category, outside.status, outside.assignee
    ticket.updated_outside_at = outside.updated_at
    ticket.state = TicketState.CLOSED if outside.category in OVER else TicketState.OPEN
    if opening:
        announce(session, TicketOpened(**told(ticket)), about=ticket, by=SYSTEM, at=at)
    elif was != ticket.category:
        announce(session, TicketMoved(**told(ticket), category_before=was), about=ticket, by=SYSTEM, at=at)


def _note_fields(session: AsyncSession, ticket: Ticket, done: Done, *, at: datetime) -> None:
    """Keep what is known of each field now. A conflict that a person settled meanwhile stays settled."""
    before = {name for name, kept in ticket.fields.items() if kept["result"] == FieldResult.CONFLICT}
    claimed = {name for name, state in done.claimed.fields.items() if state.result == FieldResult.CONFLICT}
    settled = claimed - before
    found = {name: state for name, state in done.fields.items() if name not in settled}
    ticket.fields = ticket.fields | {name.value: state.as_kept() for name, state in found.items()}
    for name, state in found.items():
        if state.result == FieldResult.CONFLICT and name not in before:
            announce(session, TicketConflicted(**told(ticket), field=name), about=ticket, by=SYSTEM, at=at)


async def _note_end(session: AsyncSession, ticket: Ticket, *, at: datetime) -> None:
    """Announce that a ticket was closed or opened again outside. That closes or opens nothing here."""
    about = await subject(session, ticket.kind, ticket.subject_id)
    over_here, over_there = about is not None and about.is_over, ticket.category in OVER
    awaited, ended = ticket.awaits_check, ticket.is_ended
    ticket.awaits_check, ticket.is_ended = over_there and not over_here, over_there and over_here
    if ticket.awaits_check and not awaited:
        announce(session, TicketClosedOutside(**told(ticket)), about=ticket, by=SYSTEM, at=at)
    elif ticket.is_ended and not ended:
        announce(session, TicketClosed(**told(ticket)), about=ticket, by=SYSTEM, at=at)
    elif (awaited or ended) and not over_there:
        announce(session, TicketReopened(**told(ticket)), about=ticket, by=SYSTEM, at=at)


def _call(ticket: Ticket, call: Call) -> TicketCall:
    return TicketCall(
        org_id=ticket.org_id,
        ticket_id=ticket.id,
        step=call.step,
        started_at=call.started_at,
        milliseconds=call.milliseconds,
        status=call.status,
        code=call.code,
    )
