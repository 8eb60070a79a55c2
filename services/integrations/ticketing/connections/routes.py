from uuid import UUID

from fastapi import Response

from services.integrations.ticketing.connections import actions, queries
from services.integrations.ticketing.connections.actions import TooManyTicketConnections
from services.integrations.ticketing.connections.schemas import (
    TicketConnectionDraft,
    TicketConnectionOut,
    TicketConnectionReason,
    TicketConnectionRevision,
    TicketCredentialDraft,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("ticket connections")


routes.list(
    "list_ticket_connections",
    "/v1/ticket-connections",
    queries.connections,
    TicketConnectionOut,
    permission=P.TICKET_CONNECTIONS_READ,
    description="The systems in which tickets are opened, and how that is going.",
)


routes.one(
    "get_ticket_connection",
    "/v1/ticket-connections/{connection_id}",
    queries.connection,
    TicketConnectionOut,
    permission=P.TICKET_CONNECTIONS_READ,
    description="One connection: where tickets are opened, what is kept in step, how that is going.",
)


@routes.post(
    "/v1/ticket-connections",
    permission=P.TICKET_CONNECTIONS_WRITE,
    status_code=201,
    response_model=TicketConnectionOut,
    refuses=(*PERSON_REFUSALS, TooManyTicketConnections),
)
async def register_ticket_connection(draft: TicketConnectionDraft, write: Write) -> Response:
    """Connect a system of tickets. It is tested at once, and is active when the test has worked."""
    connection_id = await actions.register(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.connection, connection_id, f"/v1/ticket-connections/{connection_id}")


@routes.patch(
    "/v1/ticket-connections/{connection_id}",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketConnectionOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_ticket_connection(
    connection_id: UUID, revision: TicketConnectionRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a connection. Another address or project is tested before anything else is done there."""
    by = write.caller.actor
    await actions.revise(write.session, connection_id, revision=revision, expected=expected, by=by, at=write.at)
    return await write.changed(queries.connection, connection_id)


@routes.post(
    "/v1/ticket-connections/{connection_id}/credentials",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketConnectionOut,
    refuses=(NotFound,),
)
async def replace_ticket_credential(connection_id: UUID, draft: TicketCredentialDraft, write: Write) -> Response:
    """Use another token or password from now on. It is tested at once; the one before is forgotten."""
    credential, by = draft.credential.get_secret_value(), write.caller.actor
    await actions.replace_credential(write.session, connection_id, credential=credential, by=by, at=write.at)
    return await write.changed(queries.connection, connection_id)


@routes.post(
    "/v1/ticket-connections/{connection_id}/tests",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketConnectionOut,
    refuses=(NotFound,),
)
async def test_ticket_connection(connection_id: UUID, write: Write) -> Response:
    """Test the address, the credential and the project again. `standing.last_tested_at` says when it worked."""
    await actions.test(write.session, connection_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.connection, connection_id)


@routes.post(
    "/v1/ticket-connections/{connection_id}/activations",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketConnectionOut,
    refuses=(NotFound,),
)
async def activate_ticket_connection(connection_id: UUID, write: Write) -> Response:
    """Work on the tickets of a disabled connection again, as soon as a test works."""
    await actions.activate(write.session, connection_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.connection, connection_id)


@routes.post(
    "/v1/ticket-connections/{connection_id}/disablements",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketConnectionOut,
    refuses=(NotFound,),
)
async def disable_ticket_connection(connection_id: UUID, why: TicketConnectionReason, write: Write) -> Response:
    """Ask nothing of the system for now; what is due for its tickets waits."""
    await actions.disable(write.session, connection_id, reason=why.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.connection, connection_id)


@routes.post(
    "/v1/ticket-connections/{connection_id}/retirements",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketConnectionOut,
    refuses=(NotFound,),
)
async def retire_ticket_connection(connection_id: UUID, why: TicketConnectionReason, write: Write) -> Response:
    """Ask nothing of the system any more, for good. Its tickets stay as they are, here and there."""
    await actions.retire(write.session, connection_id, reason=why.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.connection, connection_id)
