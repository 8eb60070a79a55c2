from uuid import UUID

from fastapi import Response

from services.audit.sampling.sample_extensions import actions
from services.audit.sampling.sample_extensions.schemas import ExtensionDraft
from services.audit.sampling.samples import queries
from services.audit.sampling.samples.schemas import SampleOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("sample extensions")


@routes.post(
    "/v1/samples/{sample_id}/extensions",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    response_model=SampleOut,
    refuses=(NotFound, actions.AlreadyExtended, actions.NotExtendable),
)
async def extend_sample(sample_id: UUID, draft: ExtensionDraft, write: Write) -> Response:
    """Extend a sample once by the items that follow in its draw order, for a reason given before.

    A stratified sample goes on in one stratum. A systematic one and picks have no order that goes on.
    """
    await actions.extend(write.session, sample_id, draft=draft, caller=write.caller, at=write.at)
    return await write.changed(queries.sample, sample_id)
