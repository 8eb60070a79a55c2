"""The verbs of a ticket: ask for it, try again, settle a conflict. Nothing is sent here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.connections.actions import require_in_use
from services.integrations.ticketing.connections.models import ConnectionStatus, TicketConnection
from services.integrations.ticketing.fields.models import FieldResult, FieldState
from services.integrations.ticketing.fields.rules import Ours, settled
from services.integrations.ticketing.subjects.models import TicketSubject
from services.integrations.ticketing.subjects.rules import permission_of
from services.integrations.ticketing.terms.models import SubjectKind
from services.integrations.ticketing.tickets.models import Ticket, TicketState, TicketWork
from services.integrations.ticketing.tickets.queries import has_ticket, subject, work_of
from services.integrations.ticketing.tickets.schemas import KeptValue, TicketDraft, TicketSettlement
from shared.data.records import locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.tickets import TicketRequested, TicketRetried, TicketSettled
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound, not_allowed


class UnknownTicketSubject(Invalid):
    """Nothing of this kind and id is known."""


class TicketExists(Conflict):
    """The subject has a ticket through this connection."""


class TicketSubjectOver(Conflict):
    """Nothing is to be done about the subject any more."""


class NoTicketConflict(Conflict):
    """The field was not changed on both sides."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens tickets: a person, or a rule."""

    by: Actor
    rule_id: UUID | None = None


async def ask_for(session: AsyncSession, *, draft: TicketDraft, by: Caller, at: datetime) -> UUID:
    """The intent of a ticket for a thing that the caller may read; the ticket's id."""
    permission = permission_of(draft.kind)
    if permission not in by.permissions:
        raise Forbidden(f"This needs the permission {permission}, to read what the ticket is about.")
    connection = await require_in_use(session, draft.connection_id)
    about = await subject(session, draft.kind, draft.subject_id)
    if about is None:
        fault = Fault("/subject_id", f"no {draft.kind} of this id is known")
        raise UnknownTicketSubject("Nothing of this kind and id is known.", faults=[fault], may_be_late=True)
    await one_at_a_time(session, draft.subject_id)
    if await has_ticket(session, connection.id, about.id):
        raise TicketExists("One thing has one ticket through each connection.")
    if about.is_over:
        raise TicketSubjectOver(f"Its status is {about.status}.")
    return intend(session, connection, about, Opening(by.actor), at=at).id


def intend(
    session: AsyncSession, connection: TicketConnection, about: TicketSubject, opening: Opening, *, at: datetime
) -> Ticket:
    """Store that a ticket is to be opened, which a worker does as soon as this is committed."""
    kind = SubjectKind(about.kind)
    ticket = Ticket(
        org_id=organisation_of(session),
        connection_id=connection.id,
        system=connection.system,
        kind=kind,
        subject_id=about.id,
        permission=permission_of(kind),
        rule_id=opening.rule_id,
        marker=str(uuid4()),
        fields={},
        opened_by=opening.by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(ticket)
    session.add(
        TicketWork(
            ticket_id=ticket.id,
            org_id=ticket.org_id,
            connection_id=connection.id,
            subject_id=about.id,
            due_at=at,
        )
    )
    announce(session, TicketRequested(**told(ticket), rule_id=opening.rule_id), about=ticket, by=opening.by, at=at)
    return ticket


async def try_again(session: AsyncSession, ticket_id: UUID, *, by: Caller, at: datetime) -> None:
    """Failed → intent: it is looked for by its marker first, and opened where it is not found."""
    ticket = await _workable(session, ticket_id, by)
    if ticket.state != TicketState.FAILED:
        raise not_allowed("try again", ticket.state, [])
    ticket.state, ticket.code, ticket.detail = TicketState.INTENT, None, None
    work = await work_of(session, ticket_id)
    work.tries, work.due_at = 0, at
    announce(session, TicketRetried(**told(ticket)), about=ticket, by=by.actor, at=at)


async def read_now(session: AsyncSession, ticket_id: UUID, *, by: Caller, at: datetime) -> None:
    """Look at a ticket outside at once."""
    ticket = await _workable(session, ticket_id, by)
    if ticket.state == TicketState.FAILED:
        raise not_allowed("read", ticket.state, ["try again"])
    (await work_of(session, ticket_id)).due_at = at


async def settle(
    session: AsyncSession, ticket_id: UUID, *, settlement: TicketSettlement, by: Caller, at: datetime
) -> None:
    """Decide whose value of a field that was changed on both sides stands."""
    ticket = await _workable(session, ticket_id, by)
    kept = ticket.fields.get(settlement.field)
    if kept is None or kept["result"] != FieldResult.CONFLICT:
        raise NoTicketConflict(f"{settlement.field} is no conflict.")
    about = await subject(session, ticket.kind, ticket.subject_id)
    if about is None:
        raise NotFound(f"Nothing is known of {ticket.subject_id}.")
    ours = Ours(about.title, about.due_on, about.is_over).of(settlement.field)
    state = settled(FieldState.of(kept), ours, keep_ours=settlement.keep == KeptValue.OURS)
    ticket.fields = ticket.fields | {settlement.field.value: state.as_kept()}
    (await work_of(session, ticket_id)).due_at = at
    event = TicketSettled(**told(ticket), field=settlement.field, keep=settlement.keep)
    announce(session, event, about=ticket, by=by.actor, at=at)


def told(ticket: Ticket) -> dict[str, Any]:
    """What every event about a ticket tells: no text of anybody's."""
    return {
        "connection_id": ticket.connection_id,
        "system": ticket.system,
        "kind": ticket.kind,
        "subject_id": ticket.subject_id,
        "state": ticket.state,
        "category": ticket.category,
    }


async def _workable(session: AsyncSession, ticket_id: UUID, by: Caller) -> Ticket:
    ticket = await locked(session, Ticket, ticket_id, noun="ticket")
    if ticket.permission not in by.permissions:
        raise NotFound(f"There is no ticket {ticket_id}.")
    connection = await session.get_one(TicketConnection, ticket.connection_id)
    if connection.status == ConnectionStatus.RETIRED:
        raise Conflict("The ticket's connection is retired: its system is asked nothing more.")
    return ticket
