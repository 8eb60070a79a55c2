"""What operators see of sources, webhooks and tickets, over all organisations: bounded counts, without any names."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.integrations.receiving.deliveries.models import KEPT, DeliveryState, TallyCode
from services.integrations.receiving.sources.models import VerificationScheme
from services.integrations.sending.endpoints.models import EndpointStatus
from services.integrations.ticketing.connections.models import ConnectionStatus
from services.integrations.ticketing.tickets.models import TicketState
from shared.events.backlog import age
from shared.telemetry import (
    breakers_open,
    hooks_mapped,
    hooks_received,
    hooks_waiting,
    longest_due_endpoint,
    oldest_hook,
    oldest_ticket_work,
    oldest_webhook,
    ticket_calls,
    ticket_connections,
    ticket_states,
    webhook_attempts,
    webhook_endpoints,
    webhooks_waiting,
)

# Nobody needs to know more exactly how many wait than "as many as this".
_MOST = 100_000
_SOURCES = text(
    "select count(*) as waiting, min(received_at) as oldest from"
    " (select received_at from source_deliveries where state = 'received' order by received_at limit :most) waiting"
)
_ENDPOINTS = text("select status, count(*) as number from webhook_endpoints group by status")
_QUEUES = text(
    "select min(due_at) as due, count(*) filter (where breaker_until > now()) as resting from webhook_queues"
)
_WEBHOOKS = text(
    "select e.status, count(*) as number, min(d.created_at) as oldest"
    " from (select endpoint_id, created_at from webhook_deliveries where due_at is not null limit :most) d"
    " join webhook_endpoints e on e.id = d.endpoint_id group by e.status"
)


_TICKETS = text("select state, count(*) as number from (select state from tickets limit :most) t group by state")
_CONNECTIONS = text("select status, count(*) as number from ticket_connections group by status")
_TICKET_WORK = text(
    "select min(w.due_at) as due from ticket_work w join ticket_queues q on q.connection_id = w.connection_id"
    " where q.is_active and w.due_at <= now()"
)


def count_from_zero() -> None:
    """Show every counter from the start on, so that the first of each is seen as an increase."""
    for scheme in VerificationScheme:
        for outcome in (KEPT, *TallyCode):
            hooks_received.add(0, {"scheme": scheme, "outcome": outcome})
    for state in DeliveryState:
        if state != DeliveryState.RECEIVED:
            hooks_mapped.add(0, {"outcome": state})
    for outcome in ("delivered", "failed"):
        webhook_attempts.add(0, {"outcome": outcome})
    for outcome in ("answered", "failed"):
        ticket_calls.add(0, {"outcome": outcome})


async def measure_sources(look: AsyncConnection) -> None:
    """Set how many deliveries of sources wait to be mapped, and since when."""
    found = (await look.execute(_SOURCES, {"most": _MOST})).one()
    hooks_waiting.set(found.waiting)
    oldest_hook.set(age(found.oldest))


async def measure_webhooks(look: AsyncConnection) -> None:
    """Set how many endpoints there are, how many rest, and what waits for them."""
    endpoints = {row.status: row.number for row in await look.execute(_ENDPOINTS)}
    waiting = {row.status: row for row in await look.execute(_WEBHOOKS, {"most": _MOST})}
    queues = (await look.execute(_QUEUES)).one()
    for status in EndpointStatus:
        of_it = waiting.get(status)
        webhook_endpoints.set(endpoints.get(status, 0), {"status": status})
        webhooks_waiting.set(of_it.number if of_it else 0, {"status": status})
    active = waiting.get(EndpointStatus.ACTIVE)
    oldest_webhook.set(age(active.oldest if active else None))
    longest_due_endpoint.set(age(queues.due))
    breakers_open.set(queues.resting)


async def measure_tickets(look: AsyncConnection) -> None:
    """Set how many tickets and connections there are, by state, and how long the longest work has been due."""
    tickets = {row.state: row.number for row in await look.execute(_TICKETS, {"most": _MOST})}
    connections = {row.status: row.number for row in await look.execute(_CONNECTIONS)}
    for state in TicketState:
        ticket_states.set(tickets.get(state, 0), {"state": state})
    for status in ConnectionStatus:
        ticket_connections.set(connections.get(status, 0), {"status": status})
    oldest_ticket_work.set(age((await look.execute(_TICKET_WORK)).one().due))
