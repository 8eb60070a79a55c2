from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.methods.method_previews.models import MoveDirection
from services.risk.register.risks.schemas import RatingOut
from shared.events.catalogue.risk import RiskStanding


class MethodMoveOut(BaseModel):
    """How a version of the method would rate one risk."""

    id: UUID
    risk_id: UUID
    risk_code: str
    risk_title: str
    before: RatingOut = Field(description="The current rating by the method in force")
    after: RatingOut = Field(description="The current rating by this version; no override would count any longer")
    direction: MoveDirection
    standing_before: RiskStanding
    standing_after: RiskStanding
    crosses: bool = Field(description="Whether the risk would come to another standing")


class PreviewInput(BaseModel):
    """What a preview or an activation as a job has to know."""

    method_id: UUID
