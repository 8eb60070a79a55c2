from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.catalogue.controls import HealthState


class HealthOut(BaseModel):
    """A control's health as last announced."""

    id: UUID = Field(description="The control's id")
    code: str
    title: str
    state: HealthState
    reasons: list[str] = Field(examples=[["Evidence for 'Access review' expired on 2026-06-30 00:00 UTC."]])
    since: datetime
    version: int
    updated_at: datetime
