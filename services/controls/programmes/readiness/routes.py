from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.readiness.queries import readiness, situation
from services.controls.programmes.readiness.schemas import ReadinessOut
from shared.clock import now
from shared.http.doors import Read
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("readiness")

AsOf = Annotated[
    Instant | None,
    Query(description="When evidence has to be fresh; now when left out. Later says what lapses if nothing is done"),
]


@routes.get(
    "/v1/programmes/{programme_id}/readiness",
    permission=P.PROGRAMMES_READ,
    response_model=ReadinessOut,
    refuses=(NotFound,),
)
async def get_readiness(programme_id: UUID, read: Read, as_of: AsOf = None) -> Response:
    """How ready a programme is for its report, requirement by requirement, with the reasons in words."""
    async with read.transaction() as session:
        answer = await readiness(session, await situation(session, programme_id, as_of or now()))
    return read.computed(answer)
