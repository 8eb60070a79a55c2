from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Known
from shared.data.base import instant


class KnownEngagement(Known, table=True):
    """An engagement as last heard of. What it covers is half-open; `controls` is how many it has in its scope."""

    __tablename__ = "known_engagements"

    id: UUID = Field(primary_key=True)
    programme_id: UUID | None
    kind: str
    title: str
    firm: str
    phase: str
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    controls: int
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    planned_at: datetime = instant()
    fieldwork_at: datetime | None = instant(default=None)
    issued_at: datetime | None = instant(default=None)
    version: int
