"""What operators see of sources and webhooks, over all organisations: counts of bounded size, without any names."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.integrations.receiving.deliveries.models import KEPT, DeliveryState, TallyCode
from services.integrations.receiving.sources.models import VerificationScheme
from services.integrations.sending.endpoints.models import EndpointStatus
from shared.events.backlog import age
from shared.telemetry import (
    breakers_open,
    hooks_mapped,
    hooks_received,
    hooks_waiting,
    longest_due_endpoint,
    oldest_hook,
    oldest_webhook,
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
