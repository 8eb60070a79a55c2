from uuid import UUID

from fastapi import Response

from services.controls.programmes.gaps.queries import gaps
from services.controls.programmes.gaps.schemas import GapsOut
from services.controls.programmes.readiness.queries import situation
from services.controls.programmes.readiness.routes import AsOf
from shared.clock import now
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.http.pages import Limit
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("gaps")


@routes.get(
    "/v1/programmes/{programme_id}/gaps",
    permission=P.PROGRAMMES_READ,
    response_model=GapsOut,
    refuses=(NotFound,),
)
async def list_gaps(programme_id: UUID, read: Read, limit: Limit = 50, as_of: AsOf = None) -> Response:
    """What keeps a programme from being ready, what closes most first."""
    async with read.transaction() as session:
        answer = await gaps(session, await situation(session, programme_id, as_of or now()), limit)
    return read.computed(answer)
