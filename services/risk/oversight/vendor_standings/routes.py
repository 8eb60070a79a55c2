from typing import Annotated

from fastapi import Query, Response

from services.risk.oversight.vendor_standings import queries
from services.risk.oversight.vendor_standings.schemas import VendorStandingsOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("vendor standings")


@routes.get("/v1/vendor-standings", permission=P.VENDORS_READ, response_model=VendorStandingsOut)
async def read_vendor_standings(read: Read, query: Annotated[queries.VendorStandingQuery, Query()]) -> Response:
    """How the risks of vendors are managed (CC9.2): for each, what its tier asks, what is done, and what lacks."""
    async with read.transaction() as session:
        return await read.computed(await queries.standings(session, query))
