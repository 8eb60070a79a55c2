from typing import Annotated

from fastapi import Body

from services.audit.engagements.parties.queries import acted_in
from services.audit.requests.request_compilations import actions
from services.audit.requests.request_compilations.schemas import Compilation, CompilationOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("request compilations")


@routes.post(
    "/v1/request-compilations",
    permission=P.REQUESTS_WRITE,
    response_model=CompilationOut,
    refuses=(NotFound, actions.NothingToRollForward),
    auditors=True,
)
async def compile_requests(given: Annotated[Compilation, Body()], write: Write) -> CompilationOut:
    """Draft requests from a template, the last engagement of the same client, the controls in scope or a sample.

    What was drafted before is left out, by its code: the same compilation again drafts what is new.
    """
    engagement_id = await acted_in(write.session, write.caller)
    return await actions.compile_drafts(write.session, engagement_id, given=given, by=write.caller.actor, at=write.at)
