"""The verbs of sending again. The event, its id and its bytes are the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.endpoints.actions import told
from services.integrations.sending.endpoints.models import Endpoint, EndpointStatus
from services.integrations.sending.fan_out.queries import wake
from services.integrations.sending.webhook_deliveries.models import WebhookDelivery, WebhookState
from shared.data.base import table_of
from shared.data.records import found, locked
from shared.events.catalogue.webhooks import WebhooksReplayed
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import NotFound, not_allowed

_DELIVERIES = table_of(WebhookDelivery)


async def replay(session: AsyncSession, delivery_id: UUID, *, by: Actor, at: datetime) -> None:
    """Delivered, failed or withheld → waiting, with all attempts before it."""
    known = await found(session, WebhookDelivery, delivery_id)
    if known is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    endpoint = await _locked(session, known.endpoint_id, "replay")
    delivery = await locked(session, WebhookDelivery, delivery_id, noun="delivery")
    if delivery.due_at is not None:
        raise not_allowed("replay", delivery.state, [])
    delivery.state, delivery.tries, delivery.due_at = WebhookState.WAITING, 0, at
    announce(session, WebhooksReplayed(**told(endpoint), deliveries=1), about=endpoint, by=by, at=at)
    await wake(session, [endpoint.id], at=at)


async def recover(session: AsyncSession, endpoint_id: UUID, *, since: datetime, by: Actor, at: datetime) -> int:
    """Send again all that failed of what was heard since then; how many deliveries."""
    endpoint = await _locked(session, endpoint_id, "recover")
    columns = _DELIVERIES.c
    failed = (
        update(_DELIVERIES)
        .where(columns.endpoint_id == endpoint_id, columns.state == WebhookState.FAILED.value)
        .where(columns.created_at >= since, columns.is_test.is_(False))
        .values(state=WebhookState.WAITING.value, tries=0, due_at=at, version=columns.version + 1, updated_at=at)
        .returning(columns.id)
        .cte("recovered")
    )
    recovered: int = (await session.execute(select(func.count()).select_from(failed))).scalar_one()
    if recovered:
        event = WebhooksReplayed(**told(endpoint), deliveries=recovered)
        announce(session, event, about=endpoint, by=by, at=at)
        await wake(session, [endpoint_id], at=at)
    return recovered


async def _locked(session: AsyncSession, endpoint_id: UUID, verb: str) -> Endpoint:
    endpoint = await locked(session, Endpoint, endpoint_id, noun="endpoint")
    if endpoint.status == EndpointStatus.RETIRED:
        raise not_allowed(verb, endpoint.status, [])
    return endpoint
