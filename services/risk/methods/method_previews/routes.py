from uuid import UUID

from fastapi import Response

from services.risk.methods.method_previews import actions, queries
from services.risk.methods.method_previews.schemas import MethodMoveOut, PreviewInput
from services.risk.methods.methods.queries import method
from services.risk.methods.methods.schemas import MethodOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import NotFound

routes = Routes("risk method previews")


routes.list(
    "list_risk_method_moves",
    "/v1/risk-methods/{method_id}/moves",
    queries.moves_of_method,
    MethodMoveOut,
    permission=P.RISKS_READ,
    description="How a version of the method would rate each risk, as previewed last.",
    parent=method,
)


@routes.post(
    "/v1/risk-methods/{method_id}/previews",
    permission=P.RISK_METHODS_WRITE,
    response_model=MethodOut,
    responses={202: {"description": "Accepted: the job that previews it"}},
    refuses=(NotFound, actions.RatedBeyondScale, TooManyJobs),
)
async def preview_risk_method(method_id: UUID, write: Write, prefer: Prefer = None) -> Response:
    """Compute how this version would rate each risk. With `Prefer: respond-async` as a job."""
    if prefers_a_job(prefer):
        return await start(write, actions.METHOD_PREVIEW, PreviewInput(method_id=method_id))
    await actions.preview(write.session, method_id, by=write.caller.actor, at=write.at)
    return await write.changed(method, method_id)
