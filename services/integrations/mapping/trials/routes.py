from uuid import UUID

from fastapi import Response

from services.integrations.mapping.trials import actions
from services.integrations.mapping.trials.schemas import TrialInput, TrialOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import etag
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("mapping trials")


@routes.post(
    "/v1/mapping-versions/{version_id}/trials",
    permission=P.MAPPING_VERSIONS_WRITE,
    response_model=TrialOut,
    refuses=(NotFound,),
)
async def try_mapping_version(version_id: UUID, trial: TrialInput, write: Write) -> Response:
    """Show what a version makes of what was delivered, and what changes against what is in force. Records no fact."""
    out, version = await actions.try_out(write.session, version_id, asked=trial, by=write.caller.actor, at=write.at)
    return Response(out.model_dump_json(), 200, {"ETag": etag(version)}, "application/json")
