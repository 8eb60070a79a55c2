from typing import Any
from uuid import UUID

from fastapi import Response

from services.integrations.ticketing.tickets import actions, queries
from services.integrations.ticketing.tickets.actions import (
    NoTicketConflict,
    TicketExists,
    TicketSubjectOver,
    UnknownTicketSubject,
)
from services.integrations.ticketing.tickets.schemas import TicketCallOut, TicketDraft, TicketOut, TicketSettlement
from shared.http.doors import Read, Reader, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("tickets")


async def _of_readable_things(read: Reader, _query: Any) -> dict[str, Any]:
    return {"permissions": sorted(read.caller.permissions)}


routes.list(
    "list_tickets",
    "/v1/tickets",
    queries.tickets,
    TicketOut,
    permission=P.TICKETS_READ,
    description="Tickets of things that the caller may read, the newest first.",
    given=_of_readable_things,
)


@routes.get("/v1/tickets/{ticket_id}", permission=P.TICKETS_READ, response_model=TicketOut, refuses=(NotFound,))
async def get_ticket(ticket_id: UUID, read: Read) -> Response:
    """One ticket: what it is about, how it stands outside, and how each field does. Of a thing the caller may read."""
    return await read.one(queries.ticket, ticket_id, permissions=sorted(read.caller.permissions))


@routes.post(
    "/v1/tickets",
    permission=P.TICKETS_WRITE,
    status_code=201,
    response_model=TicketOut,
    refuses=(UnknownTicketSubject, TicketExists, TicketSubjectOver),
)
async def open_ticket(draft: TicketDraft, write: Write) -> Response:
    """Have a ticket opened for an issue, finding, request or action. It is there exactly once, whatever fails."""
    ticket_id = await actions.ask_for(write.session, draft=draft, by=write.caller, at=write.at)
    permissions = sorted(write.caller.permissions)
    return await write.created(queries.ticket, ticket_id, f"/v1/tickets/{ticket_id}", permissions=permissions)


@routes.post(
    "/v1/tickets/{ticket_id}/retries", permission=P.TICKETS_WRITE, response_model=TicketOut, refuses=(NotFound,)
)
async def retry_ticket(ticket_id: UUID, write: Write) -> Response:
    """Try a ticket that failed again: it is looked for first, and opened where it is not found."""
    await actions.try_again(write.session, ticket_id, by=write.caller, at=write.at)
    return await write.changed(queries.ticket, ticket_id, permissions=sorted(write.caller.permissions))


@routes.post(
    "/v1/tickets/{ticket_id}/readings", permission=P.TICKETS_WRITE, response_model=TicketOut, refuses=(NotFound,)
)
async def read_ticket_outside(ticket_id: UUID, write: Write) -> Response:
    """Look at a ticket outside at once, and not at the next report of it or within the hour."""
    await actions.read_now(write.session, ticket_id, by=write.caller, at=write.at)
    return await write.changed(queries.ticket, ticket_id, permissions=sorted(write.caller.permissions))


@routes.post(
    "/v1/tickets/{ticket_id}/settlements",
    permission=P.TICKETS_WRITE,
    response_model=TicketOut,
    refuses=(NotFound, NoTicketConflict),
)
async def settle_ticket_field(ticket_id: UUID, settlement: TicketSettlement, write: Write) -> Response:
    """Decide whose value of a field that was changed on both sides stands."""
    await actions.settle(write.session, ticket_id, settlement=settlement, by=write.caller, at=write.at)
    return await write.changed(queries.ticket, ticket_id, permissions=sorted(write.caller.permissions))


routes.list(
    "list_ticket_calls",
    "/v1/ticket-calls",
    queries.ticket_calls,
    TicketCallOut,
    permission=P.TICKETS_READ,
    description="Requests about tickets of things that the caller may read, of the last 30 days, the newest first.",
    given=_of_readable_things,
)
