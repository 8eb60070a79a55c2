from uuid import UUID

from fastapi import Response

from services.evidence.keeping.item_retention import actions, queries
from services.evidence.keeping.item_retention.schemas import Classification, RetentionOut
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import Gone, NotFound

routes = Routes("retention of evidence")


@routes.get(
    "/v1/evidence/{item_id}/retention", permission=P.EVIDENCE_READ, response_model=RetentionOut, refuses=(NotFound,)
)
async def get_evidence_retention(item_id: UUID, read: Read) -> Response:
    """Until when a piece of evidence is kept and why, or when it was disposed of and what its hash was."""
    async with read.transaction() as session:
        return await read.computed(await queries.retention_of(session, item_id))


@routes.put(
    "/v1/evidence/{item_id}/retention",
    permission=P.RETENTION_WRITE,
    response_model=RetentionOut,
    refuses=(NotFound, Gone, actions.UnknownClass),
)
async def classify_evidence(
    item_id: UUID, classification: Classification, expected: ExpectedVersion, write: Write
) -> RetentionOut:
    """Assign a piece of evidence to a retention class; `If-Match` is the evidence's own ETag."""
    await actions.classify(
        write.session,
        item_id,
        class_id=classification.class_id,
        reason=classification.reason,
        expected=expected,
        by=write.caller.actor,
        at=write.at,
    )
    return await queries.retention_of(write.session, item_id)
