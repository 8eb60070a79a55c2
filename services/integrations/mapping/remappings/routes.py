from fastapi import Response

from services.integrations.mapping.remappings.actions import REMAPPING
from services.integrations.mapping.remappings.schemas import RemappingDraft, RemappingInput
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import TooManyJobs, start

routes = Routes("remappings")


@routes.post(
    "/v1/remappings",
    permission=P.MAPPING_VERSIONS_WRITE,
    status_code=202,
    response_model=JobOut,
    refuses=(TooManyJobs,),
)
async def map_deliveries_again(draft: RemappingDraft, write: Write) -> Response:
    """Map again, as a job, what was delivered since an instant. What was told before is not told again."""
    given = draft.model_dump() | {"received_until": draft.received_until or write.at}
    return await start(write, REMAPPING, RemappingInput.model_validate(given))
