from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.evidence.base import Base
from shared.data.base import instant


class ReleaseStatus(StrEnum):
    """recorded → withdrawn, when it was recorded by mistake."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class Release(Base, table=True):
    """A report that was released, and what it rests on: evidence of these controls in this period (half-open)."""

    __tablename__ = "report_releases"

    title: str
    released_at: datetime = instant()
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    status: str = ReleaseStatus.RECORDED
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
