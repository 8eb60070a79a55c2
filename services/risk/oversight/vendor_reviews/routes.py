from uuid import UUID

from fastapi import Response

from services.risk.oversight.vendor_reviews import actions, queries
from services.risk.oversight.vendor_reviews.schemas import (
    ReviewAssessment,
    ReviewCancellation,
    ReviewEvidence,
    ReviewStart,
    VendorDecision,
    VendorReviewOut,
)
from services.risk.vendors.known_evidence.queries import UnusableEvidence
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, PersonWithoutPermission, SeparationOfDuties

routes = Routes("vendor reviews")


routes.list(
    "list_vendor_reviews",
    "/v1/vendor-reviews",
    queries.reviews,
    VendorReviewOut,
    permission=P.VENDORS_READ,
    description="Every review of every vendor, newest first.",
)


routes.one(
    "get_vendor_review",
    "/v1/vendor-reviews/{review_id}",
    queries.review,
    VendorReviewOut,
    permission=P.VENDORS_READ,
    description="One review, with what was looked at, found and decided.",
)


@routes.post(
    "/v1/vendors/{vendor_id}/reviews",
    permission=P.VENDORS_WRITE,
    status_code=201,
    response_model=VendorReviewOut,
    refuses=(NotFound, actions.ReviewOpen, PersonWithoutPermission, *PERSON_REFUSALS),
)
async def start_vendor_review(vendor_id: UUID, given: ReviewStart, write: Write) -> Response:
    """Begin the review that is due, or one before its time."""
    review = await actions.start(write.session, vendor_id, given=given, by=write.caller.actor, at=write.at)
    return await write.created(queries.review, review.id, f"/v1/vendor-reviews/{review.id}")


@routes.put(
    "/v1/vendor-reviews/{review_id}/evidence",
    permission=P.VENDORS_WRITE,
    response_model=VendorReviewOut,
    refuses=(NotFound, UnusableEvidence),
)
async def gather_vendor_evidence(review_id: UUID, given: ReviewEvidence, write: Write) -> Response:
    """Say what the review looks at. It replaces what was named before."""
    await actions.gather(write.session, review_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.review, review_id)


@routes.put(
    "/v1/vendor-reviews/{review_id}/assessment",
    permission=P.VENDORS_WRITE,
    response_model=VendorReviewOut,
    refuses=(NotFound,),
)
async def assess_vendor(review_id: UUID, given: ReviewAssessment, write: Write) -> Response:
    """Say what was found and what is proposed. It replaces an assessment that is not decided yet."""
    await actions.assess(write.session, review_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.review, review_id)


@routes.post(
    "/v1/vendor-reviews/{review_id}/decisions",
    permission=P.VENDORS_APPROVE,
    response_model=VendorReviewOut,
    refuses=(NotFound, SeparationOfDuties, *PERSON_REFUSALS),
)
async def decide_on_vendor(review_id: UUID, decision: VendorDecision, write: Write) -> Response:
    """Approve the vendor, with or without conditions, or reject it. Neither the reviewer nor who assessed it can."""
    await actions.decide(write.session, review_id, decision=decision, by=write.caller.actor, at=write.at)
    return await write.changed(queries.review, review_id)


@routes.post(
    "/v1/vendor-reviews/{review_id}/closings",
    permission=P.VENDORS_WRITE,
    response_model=VendorReviewOut,
    refuses=(NotFound,),
)
async def close_vendor_review(review_id: UUID, write: Write) -> Response:
    """Close a decided review. The next one is due one interval after the day that this one was due."""
    await actions.close(write.session, review_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.review, review_id)


@routes.post(
    "/v1/vendor-reviews/{review_id}/cancellations",
    permission=P.VENDORS_WRITE,
    response_model=VendorReviewOut,
    refuses=(NotFound,),
)
async def cancel_vendor_review(review_id: UUID, given: ReviewCancellation, write: Write) -> Response:
    """Give up a review that is not decided, and say why."""
    await actions.cancel(write.session, review_id, reason=given.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.review, review_id)
