from uuid import UUID

from fastapi import Response

from services.integrations.mapping.mappings import actions
from services.integrations.receiving.deliveries.queries import delivery
from services.integrations.receiving.deliveries.schemas import DeliveryOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("mappings")


@routes.post(
    "/v1/source-deliveries/{delivery_id}/mappings",
    permission=P.SOURCES_WRITE,
    response_model=DeliveryOut,
    refuses=(NotFound,),
)
async def map_delivery_again(delivery_id: UUID, write: Write) -> Response:
    """Map a delivery again, by the rules of now. Facts that it brought before stay and are not told again."""
    await actions.map_again(write.session, delivery_id)
    write.platform.bell.ring()
    return await write.changed(delivery, delivery_id)
