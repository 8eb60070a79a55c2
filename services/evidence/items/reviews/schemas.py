from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.items.items.models import ReviewDecision


class ReviewOut(BaseModel):
    id: UUID
    item_id: UUID = Field(description="The version that was reviewed")
    number: int = Field(description="The number of that version")
    decision: ReviewDecision
    reason: str | None
    reviewer: str
    reviewed_at: datetime
