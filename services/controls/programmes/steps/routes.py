from uuid import UUID

from fastapi import Response

from services.controls.programmes.steps.queries import facts_of
from services.controls.programmes.steps.rules import steps_of
from services.controls.programmes.steps.schemas import StepsOut
from shared.clock import now
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("steps")


@routes.get(
    "/v1/programmes/{programme_id}/steps",
    permission=P.PROGRAMMES_READ,
    response_model=StepsOut,
    refuses=(NotFound,),
)
async def get_steps(programme_id: UUID, read: Read) -> Response:
    """How far a programme is on the way to its report or certificate, step by step, as everything stands now."""
    async with read.transaction() as session:
        facts = await facts_of(session, programme_id, at=now())
    answer = StepsOut(programme_id=programme_id, report_type=facts.report_type, steps=steps_of(facts))
    return await read.computed(answer)
