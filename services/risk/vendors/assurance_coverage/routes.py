from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.risk.vendors.assurance_coverage import queries
from services.risk.vendors.assurance_coverage.schemas import AssuranceCoverageOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("assurance coverage")


@routes.get(
    "/v1/vendors/{vendor_id}/assurance-coverage",
    permission=P.VENDORS_READ,
    response_model=AssuranceCoverageOut,
    refuses=(NotFound,),
)
async def read_assurance_coverage(
    vendor_id: UUID, read: Read, query: Annotated[queries.CoverageQuery, Query()]
) -> Response:
    """Which days of a period of ours the vendor's reports and bridge letters cover, and which days are open."""
    async with read.transaction() as session:
        return await read.computed(await queries.coverage(session, vendor_id, query))
