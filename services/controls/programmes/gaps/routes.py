from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.gaps.queries import GapQuery, gaps
from services.controls.programmes.gaps.schemas import GapsOut
from services.controls.programmes.readiness.queries import situation
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("gaps")


@routes.get(
    "/v1/programmes/{programme_id}/gaps",
    permission=P.PROGRAMMES_READ,
    response_model=GapsOut,
    refuses=(NotFound,),
)
async def list_gaps(programme_id: UUID, read: Read, query: Annotated[GapQuery, Query()]) -> Response:
    """What keeps a programme from being ready, what closes most first."""
    async with read.transaction() as session:
        answer = await gaps(session, await situation(session, programme_id, query.as_of), query.limit)
    return await read.computed(answer)
