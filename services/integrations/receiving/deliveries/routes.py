from services.integrations.receiving.deliveries import queries
from services.integrations.receiving.deliveries.schemas import DeliveryBodyOut, DeliveryOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("source deliveries")


routes.list(
    "list_source_deliveries",
    "/v1/source-deliveries",
    queries.deliveries,
    DeliveryOut,
    permission=P.SOURCES_READ,
    description="What sources sent in the last 90 days, the newest first; `state=unmapped` is what no rule knows.",
)


routes.one(
    "get_source_delivery",
    "/v1/source-deliveries/{delivery_id}",
    queries.delivery,
    DeliveryOut,
    permission=P.SOURCES_READ,
    description="One request of a source, and what became of it.",
)


routes.one(
    "get_source_delivery_body",
    "/v1/source-deliveries/{delivery_id}/body",
    queries.delivery_body,
    DeliveryBodyOut,
    permission=P.SOURCES_WRITE,
    description="What a source sent, as it is kept.",
)
