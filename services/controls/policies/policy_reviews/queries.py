from typing import Literal
from uuid import UUID

from sqlalchemy import select

from services.controls.policies.policy_reviews.models import PolicyReview, ReviewOutcome
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_R = table_of(PolicyReview).c

_REVIEW = select(
    _R.id,
    _R.policy_id,
    _R.version_id,
    _R.outcome,
    _R.notes,
    _R.reviewer,
    _R.reviewed_on,
    _R.review_due_on,
    _R.version,
    _R.created_at,
    _R.updated_at,
)

review = One("review", _REVIEW, by=_R.id)


class PolicyReviewQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    policy_id: UUID | None = None
    outcome: ReviewOutcome | None = None
    updated_since: UpdatedSince = None


reviews = Listing(_REVIEW, id=_R.id, query=PolicyReviewQuery)
