from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

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
    reviewer: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reviewed_on: date
    review_due_on: date
