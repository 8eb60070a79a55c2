from datetime import date
from enum import StrEnum
from uuid import UUID

from services.controls.base import Base


class ReviewOutcome(StrEnum):
    """What a review came to. A new version is the review's end only when it is published."""

    UNCHANGED = "unchanged"
    NEW_VERSION = "new_version"


class PolicyReview(Base, table=True):
    """A review of the version that was published at that time. It never changes."""

    __tablename__ = "policy_reviews"

    policy_id: UUID
    version_id: UUID
    outcome: str
    notes: str
    reviewer: str
    reviewed_on: date
    review_due_on: date
