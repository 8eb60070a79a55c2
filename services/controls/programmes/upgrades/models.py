from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base, Part
from shared.data.base import instant


class UpgradeStatus(StrEnum):
    """done → rolled back. What was rolled back stays on record; going forward again is another upgrade."""

    DONE = "done"
    ROLLED_BACK = "rolled_back"


class Upgrade(Base, table=True):
    """A programme's move from one version of its framework to another, with what it was before."""

    __tablename__ = "upgrades"

    programme_id: UUID
    status: str = UpgradeStatus.DONE
    from_version_id: UUID
    to_version_id: UUID
    categories_before: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    categories_after: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    in_scope_before: int
    in_scope_after: int
    counts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    upgraded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    rolled_back_at: datetime | None = instant(default=None)
    rolled_back_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class UpgradeEffect(Part, table=True):
    """What an upgrade did to each requirement and mapping, as it was on that day. Never changes."""

    __tablename__ = "upgrade_effects"

    upgrade_id: UUID = Field(primary_key=True)
    effect: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
