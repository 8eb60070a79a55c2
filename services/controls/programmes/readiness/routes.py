from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.readiness.queries import ReadinessQuery, readiness, situation
from services.controls.programmes.readiness.schemas import ReadinessOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("readiness")


@routes.get(
    "/v1/programmes/{programme_id}/readiness",
    permission=P.PROGRAMMES_READ,
    response_model=ReadinessOut,
    refuses=(NotFound,),
)
async def get_readiness(programme_id: UUID, read: Read, query: Annotated[ReadinessQuery, Query()]) -> Response:
    """How ready a programme is for its report, requirement by requirement, with the reasons in words."""
    async with read.transaction() as session:
        answer = await readiness(session, await situation(session, programme_id, query.as_of))
    return await read.computed(answer)
