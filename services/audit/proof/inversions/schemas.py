from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.proof.inversions.rules import InversionCode


class InversionOut(BaseModel):
    """Something that is out of order."""

    code: InversionCode
    text: str
    at: datetime = Field(description="When it came to be so")
    event_ids: list[UUID] = Field(description="The events of the chronology that show it")


class InversionsOut(BaseModel):
    """What of an engagement's chronology is out of order: no proof of a fault, but what a quality reviewer asks."""

    engagement_id: UUID
    events: int = Field(description="How many events were looked at")
    inversions: list[InversionOut] = Field(description="Empty when everything is in order")
