from typing import Literal
from uuid import UUID

from fastapi import Response

from services.controls.policies.policy_reviews import actions, queries
from services.controls.policies.policy_reviews.models import ReviewOutcome
from services.controls.policies.policy_reviews.schemas import PolicyReviewDraft, PolicyReviewOut
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("policy reviews")


@routes.get("/v1/policy-reviews", permission=P.POLICIES_READ, response_model=Page[PolicyReviewOut])
async def list_policy_reviews(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at"] = "-created_at",
    policy_id: UUID | None = None,
    outcome: ReviewOutcome | None = None,
) -> Response:
    """The reviews of policies, newest first."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.reviews, page, policy_id=policy_id, outcome=outcome)


@routes.get(
    "/v1/policy-reviews/{review_id}", permission=P.POLICIES_READ, response_model=PolicyReviewOut, refuses=(NotFound,)
)
async def get_policy_review(review_id: UUID, read: Read) -> Response:
    """One review."""
    return await read.one(queries.review, review_id)


@routes.post(
    "/v1/policies/{policy_id}/reviews",
    permission=P.POLICIES_WRITE,
    status_code=201,
    response_model=PolicyReviewOut,
    refuses=(NotFound,),
)
async def review_policy(policy_id: UUID, draft: PolicyReviewDraft, write: Write) -> Response:
    """Say that the published version was looked at again, and what came of it."""
    review = await actions.review(write.session, policy_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.review, review.id, f"/v1/policy-reviews/{review.id}")
