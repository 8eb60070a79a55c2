from uuid import UUID

from fastapi import Response

from services.evidence.intake.scans.rules import NotYetScanned, Quarantined
from services.evidence.items.evidence.queries import existing, item
from services.evidence.items.evidence.schemas import EvidenceOut
from services.evidence.items.reviews import actions, queries
from services.evidence.items.reviews.schemas import ReviewDraft, ReviewOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Gone, NotFound, SeparationOfDuties

routes = Routes("evidence reviews")


routes.list(
    "list_evidence_reviews",
    "/v1/evidence/{item_id}/reviews",
    queries.reviews,
    ReviewOut,
    permission=P.EVIDENCE_READ,
    description="What was concluded of this evidence and of every other version of it, oldest first.",
    parent=existing,
    auditors=True,
)


@routes.post(
    "/v1/evidence/{item_id}/reviews",
    permission=P.EVIDENCE_REVIEW,
    response_model=EvidenceOut,
    refuses=(NotFound, SeparationOfDuties, Gone, Quarantined, NotYetScanned),
)
async def review_evidence(item_id: UUID, review: ReviewDraft, write: Write) -> Response:
    """Accept submitted evidence, or return it with a reason. The submitter of evidence cannot review it."""
    await actions.review(write.session, item_id, review=review, by=write.caller.actor, at=write.at)
    return await write.changed(item, item_id, as_of=write.at)
