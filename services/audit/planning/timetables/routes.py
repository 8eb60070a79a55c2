from uuid import UUID

from fastapi import Response

from services.audit.planning.timetables.queries import timetable
from services.audit.planning.timetables.schemas import TimetableOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("timetables")


@routes.get(
    "/v1/engagements/{engagement_id}/timetable",
    permission=P.PLANS_READ,
    response_model=TimetableOut,
    refuses=(NotFound,),
)
async def get_timetable(engagement_id: UUID, read: Read) -> Response:
    """How long the stages of an engagement take, against its plan and against earlier engagements of its kind."""
    async with read.transaction() as session:
        answer = await timetable(session, engagement_id)
    return await read.computed(answer)
