from uuid import UUID

from fastapi import Response

from services.risk.methods.activations import actions
from services.risk.methods.method_previews.actions import RatedBeyondScale
from services.risk.methods.method_previews.schemas import PreviewInput
from services.risk.methods.methods.queries import method
from services.risk.methods.methods.schemas import MethodOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.starting import Prefer, TooManyJobs, prefers_a_job, start
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("risk method activations")


@routes.post(
    "/v1/risk-methods/{method_id}/activations",
    permission=P.RISK_METHODS_WRITE,
    response_model=MethodOut,
    responses={202: {"description": "Accepted: the job that puts it in force"}},
    refuses=(
        NotFound,
        actions.NotPreviewed,
        actions.PreviewOutdated,
        RatedBeyondScale,
        SeparationOfDuties,
        TooManyJobs,
    ),
)
async def put_risk_method_in_force(method_id: UUID, write: Write, prefer: Prefer = None) -> Response:
    """Put a previewed version in force; every risk is rated by it. With `Prefer: respond-async` as a job."""
    if prefers_a_job(prefer):
        return await start(write, actions.METHOD_ACTIVATION, PreviewInput(method_id=method_id))
    await actions.put_in_force(write.session, method_id, by=write.caller.actor, at=write.at)
    return await write.changed(method, method_id)
