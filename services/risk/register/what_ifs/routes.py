from typing import Annotated

from fastapi import Query, Response

from services.risk.register.what_ifs import queries
from services.risk.register.what_ifs.schemas import WhatIfOut, WhatIfQuery
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("risk what-ifs")


@routes.get("/v1/risk-what-ifs", permission=P.RISKS_READ, response_model=WhatIfOut)
async def see_what_if_controls_failed(query: Annotated[WhatIfQuery, Query()], read: Read) -> Response:
    """Which risks would be rated higher if these controls failed, all at once. Nothing is changed."""
    async with read.transaction() as session:
        return await read.computed(await queries.what_if_failing(session, query.control_id))
