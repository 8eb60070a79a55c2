from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.policies.policy_reviews.models import ReviewOutcome
from shared.http.fields import ActedBy, Input, Prose


class PolicyReviewDraft(Input):
    """What a look at the published version came to, today."""

    outcome: ReviewOutcome = Field(
        description="`unchanged` sets the next review; `new_version` leaves it due until one is published"
    )
    notes: Prose = Field(examples=["Compared with the changes of the year; the roles are still the same."])


class PolicyReviewOut(BaseModel):
    id: UUID
    policy_id: UUID
    version_id: UUID = Field(description="The version that was looked at")
    outcome: ReviewOutcome
    notes: str
    reviewer: ActedBy
    reviewed_on: date
    review_due_on: date = Field(description="When the next review is due, as of this one")
    version: int
    created_at: datetime
    updated_at: datetime
