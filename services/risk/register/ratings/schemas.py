from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.register.risks.schemas import RatingOut
from shared.http.fields import ActedBy


class PastRatingOut(BaseModel):
    """A rating as it was found once."""

    id: UUID
    rated_at: datetime
    rated_by: ActedBy = Field(description="Of kind `system` when an event led to it")
    reason: str = Field(examples=["Control AC-01 'Access review' is failing."])
    inherent: RatingOut
    residual: RatingOut
    appetite: str
    within_appetite: bool
    reasons: list[str]
    method_version: int = Field(description="The version of the method it follows; 0 is the default preset")
