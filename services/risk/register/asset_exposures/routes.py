from uuid import UUID

from fastapi import Response

from services.risk.register.asset_exposures import queries
from services.risk.register.asset_exposures.schemas import AssetExposureOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("asset exposures")


@routes.get(
    "/v1/assets/{asset_id}/exposure",
    permission=P.RISKS_READ,
    response_model=AssetExposureOut,
    refuses=(NotFound,),
)
async def read_asset_exposure(asset_id: UUID, read: Read) -> Response:
    """Which controls protect an asset, with their health, which risks it has, and which scopes name it."""
    async with read.transaction() as session:
        return await read.computed(await queries.asset_exposure(session, asset_id))
