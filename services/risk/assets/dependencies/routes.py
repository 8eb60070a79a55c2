from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.risk.assets.dependencies import queries
from services.risk.assets.dependencies.schemas import DependenciesOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("asset dependencies")


@routes.get(
    "/v1/assets/{asset_id}/dependencies",
    permission=P.ASSETS_READ,
    response_model=DependenciesOut,
    refuses=(NotFound,),
)
async def read_asset_dependencies(
    asset_id: UUID, read: Read, query: Annotated[queries.DependencyQuery, Query()]
) -> Response:
    """What an asset rests on, or what rests on it, over several steps. Who owns an asset is no dependency."""
    async with read.transaction() as session:
        return await read.computed(await queries.dependencies(session, asset_id, query))
