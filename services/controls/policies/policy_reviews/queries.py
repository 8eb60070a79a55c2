from sqlalchemy import Text, Uuid, bindparam, select

from services.controls.policies.policy_reviews.models import PolicyReview
from shared.data.base import table_of
from shared.data.reads import Listing, One

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

reviews = Listing(
    _REVIEW,
    id=_R.id,
    filters={
        "policy_id": _R.policy_id == bindparam("policy_id", type_=Uuid()),
        "outcome": _R.outcome == bindparam("outcome", type_=Text()),
    },
    sorts={"created_at": _R.created_at},
)
