from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.evidence.items.evidence.models import ReviewDecision
from shared.http.fields import ActedBy, Input, Prose


class ReviewOut(BaseModel):
    id: UUID
    item_id: UUID = Field(description="The version that was reviewed")
    number: int = Field(description="The number of that version")
    decision: ReviewDecision
    reason: str | None
    reviewer: ActedBy
    reviewed_at: datetime


class ReviewDraft(Input):
    """What the reviewer concludes."""

    decision: ReviewDecision
    reason: Prose | None = Field(default=None, validate_default=True, description="Required when it is returned")

    @field_validator("reason", mode="after")
    @classmethod
    def _says_why_it_is_returned(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("decision") == ReviewDecision.RETURNED:
            raise ValueError("required when evidence is returned")
        return value
