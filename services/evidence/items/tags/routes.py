from uuid import UUID

from fastapi import Response

from services.evidence.items.evidence.queries import item
from services.evidence.items.evidence.schemas import EvidenceOut
from services.evidence.items.tags import actions
from services.evidence.items.tags.schemas import Tags
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("evidence tags")


@routes.put(
    "/v1/evidence/{item_id}/tags", permission=P.EVIDENCE_SUBMIT, response_model=EvidenceOut, refuses=(NotFound,)
)
async def tag_evidence(item_id: UUID, tags: Tags, expected: ExpectedVersion, write: Write) -> Response:
    """Give evidence these tags, in place of those it has."""
    await actions.tag(write.session, item_id, tags=tags.tags, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(item, item_id, as_of=write.at)
