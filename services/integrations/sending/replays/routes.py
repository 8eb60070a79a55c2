from uuid import UUID

from fastapi import Response

from services.integrations.sending.endpoints.schemas import RecoveryDraft, RecoveryOut
from services.integrations.sending.replays import actions
from services.integrations.sending.webhook_deliveries.queries import webhook_delivery
from services.integrations.sending.webhook_deliveries.schemas import WebhookDeliveryOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("webhook replays")


@routes.post(
    "/v1/webhook-deliveries/{delivery_id}/replays",
    permission=P.WEBHOOKS_WRITE,
    response_model=WebhookDeliveryOut,
    refuses=(NotFound,),
)
async def replay_webhook_delivery(delivery_id: UUID, write: Write) -> Response:
    """Send a delivery that is over once more, with the same `webhook-id` and bytes."""
    await actions.replay(write.session, delivery_id, by=write.caller.actor, at=write.at)
    return await write.changed(webhook_delivery, delivery_id)


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/recoveries",
    permission=P.WEBHOOKS_WRITE,
    response_model=RecoveryOut,
    refuses=(NotFound,),
)
async def recover_webhook_deliveries(endpoint_id: UUID, draft: RecoveryDraft, write: Write) -> RecoveryOut:
    """Send again what failed since an instant, with all attempts before it: after an outage of the receiver."""
    recovered = await actions.recover(write.session, endpoint_id, since=draft.since, by=write.caller.actor, at=write.at)
    return RecoveryOut(recovered=recovered)
