from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.register.risks.schemas import RatingOut
from shared.events.catalogue.risk import RiskStanding
from shared.http.fields import ActedBy


class PastRatingOut(BaseModel):
    """A rating as it was found once."""

    id: UUID
    rated_at: datetime
    rated_by: ActedBy = Field(description="Of kind `system` when an event led to it")
    reason: str | None = Field(
        examples=["Control AC-01 'Access review' is failing."],
        description="Null to an auditor: it may name controls out of the scope",
    )
    inherent: RatingOut
    assessment_id: UUID | None = Field(description="The assessment that found the inherent rating, if one did")
    computed: RatingOut
    override_id: UUID | None
    current: RatingOut
    target: RatingOut | None
    appetite: str
    tolerance: str
    capacity: str
    standing: RiskStanding
    within_appetite: bool
    reasons: list[str] = Field(description="Empty to an auditor")
    method_number: int = Field(description="The method that it follows; 0 is the default preset")
