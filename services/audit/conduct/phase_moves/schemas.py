from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.conduct.phase_moves.rules import GateCode, Party
from services.audit.engagements.engagements.models import EngagementPhase


class GateOut(BaseModel):
    """Something that is open before a phase."""

    code: GateCode
    text: str
    party: Party = Field(description="Who can do something about it")
    path: str = Field(description="Below which path")


class NextPhaseOut(BaseModel):
    """The next phase of an engagement, and all that is open before it."""

    engagement_id: UUID
    phase: EngagementPhase = Field(description="The phase of now")
    next_phase: EngagementPhase | None = Field(description="Null when it has ended")
    open: list[GateOut] = Field(description="What the caller's party can do something about; empty when nothing is")
