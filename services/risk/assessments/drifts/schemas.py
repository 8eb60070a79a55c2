from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.assessments.assessed_risks.schemas import DriftChange


class RiskDrift(BaseModel):
    """What moved of one risk."""

    assessed_risk_id: UUID
    risk_id: UUID
    risk_code: str
    changes: list[DriftChange]


class AssessmentDrift(BaseModel):
    """What moved in the register since the scope was frozen, for the risks of which anything did."""

    assessment_id: UUID
    frozen_at: datetime
    as_of: datetime = Field(description="Now, or the completion")
    risks: list[RiskDrift]
