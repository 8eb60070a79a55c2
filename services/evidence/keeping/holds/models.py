from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.evidence.base import Base
from shared.data.base import instant


class HoldStatus(StrEnum):
    """placed → released. A released hold stays on record and never comes back: place another."""

    PLACED = "placed"
    RELEASED = "released"


class Hold(Base, table=True):
    """What a legal matter needs to be kept. It holds evidence that any part of its scope names, now or later."""

    __tablename__ = "legal_holds"

    matter: str
    reason: str
    item_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    expectation_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    engagement_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    covers_from: datetime | None = instant(default=None)
    covers_until: datetime | None = instant(default=None)
    status: str = HoldStatus.PLACED
    placed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    released_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    released_at: datetime | None = instant(default=None)
    release_reason: str | None = None
