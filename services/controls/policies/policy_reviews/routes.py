from uuid import UUID

from fastapi import Response

from services.controls.policies.policy_reviews import actions, queries
from services.controls.policies.policy_reviews.schemas import PolicyReviewDraft, PolicyReviewOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("policy reviews")


routes.list(
    "list_policy_reviews",
    "/v1/policy-reviews",
    queries.reviews,
    PolicyReviewOut,
    permission=P.POLICIES_READ,
    description="The reviews of policies, newest first.",
)


routes.one(
    "get_policy_review",
    "/v1/policy-reviews/{review_id}",
    queries.review,
    PolicyReviewOut,
    permission=P.POLICIES_READ,
    description="One review.",
)


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
