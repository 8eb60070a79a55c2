from uuid import UUID

from fastapi import Response

from services.audit.requests.request_owners import actions
from services.audit.requests.request_owners.schemas import OwnerSetting
from services.audit.requests.requests import queries
from services.audit.requests.requests.schemas import RequestWithLinesOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, PersonWithoutPermission

routes = Routes("request owners")


@routes.post(
    "/v1/requests/{request_id}/assignments",
    permission=P.REQUESTS_ANSWER,
    response_model=RequestWithLinesOut,
    refuses=(NotFound, *PERSON_REFUSALS, PersonWithoutPermission),
)
async def assign_request(request_id: UUID, setting: OwnerSetting, write: Write) -> Response:
    """Say who of the client answers for a request; the auditing party sees the name."""
    await actions.assign(write.session, request_id, owner=setting.owner, by=write.caller.actor, at=write.at)
    return await write.changed(queries.request, request_id, as_of=write.at)
