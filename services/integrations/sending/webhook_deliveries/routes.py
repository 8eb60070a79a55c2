from services.integrations.sending.webhook_deliveries import queries
from services.integrations.sending.webhook_deliveries.schemas import (
    WebhookAttemptOut,
    WebhookDeliveryOut,
    WebhookMessageOut,
)
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("webhook deliveries")


routes.list(
    "list_webhook_deliveries",
    "/v1/webhook-deliveries",
    queries.webhook_deliveries,
    WebhookDeliveryOut,
    permission=P.WEBHOOKS_READ,
    description="What was or will be sent to endpoints, the newest first; `state=failed` is what has no attempt left.",
)


routes.one(
    "get_webhook_delivery",
    "/v1/webhook-deliveries/{delivery_id}",
    queries.webhook_delivery,
    WebhookDeliveryOut,
    permission=P.WEBHOOKS_READ,
    description="One message to one endpoint, and what became of it.",
)


routes.one(
    "get_webhook_message",
    "/v1/webhook-deliveries/{delivery_id}/message",
    queries.webhook_message,
    WebhookMessageOut,
    permission=P.WEBHOOKS_WRITE,
    description="The bytes of a delivery, as every attempt sends them.",
)


routes.list(
    "list_webhook_attempts",
    "/v1/webhook-deliveries/{delivery_id}/attempts",
    queries.webhook_attempts,
    WebhookAttemptOut,
    permission=P.WEBHOOKS_READ,
    description="Every request for a delivery, the newest first, with what the endpoint answered.",
    parent=queries.webhook_delivery,
)
