from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Part
from shared.clock import new_id
from shared.data.base import instant


class Review(Part, table=True):
    """A conclusion about one version of evidence; `series_id` is what all its versions share. It never changes."""

    __tablename__ = "evidence_reviews"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    item_id: UUID
    series_id: UUID
    number: int
    decision: str
    reason: str | None = None
    reviewer: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reviewed_at: datetime = instant()
