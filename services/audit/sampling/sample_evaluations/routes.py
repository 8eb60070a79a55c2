from uuid import UUID

from fastapi import Response

from services.audit.sampling.sample_evaluations import actions
from services.audit.sampling.samples import queries
from services.audit.sampling.samples.schemas import SampleOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("sample evaluations")


@routes.post(
    "/v1/samples/{sample_id}/evaluations",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    response_model=SampleOut,
    refuses=(NotFound, actions.ItemsUndecided),
)
async def evaluate_sample(sample_id: UUID, write: Write) -> Response:
    """Evaluate a sample whose items were all decided: deviations, their rate, and its upper limit where one follows."""
    await actions.evaluate(write.session, sample_id, caller=write.caller, at=write.at)
    return await write.changed(queries.sample, sample_id)
