from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class AdoptionStatus(StrEnum):
    """done → rolled back. What was rolled back stays on record; adopting again is another adoption."""

    DONE = "done"
    ROLLED_BACK = "rolled_back"


class Adoption(Base, table=True):
    """Mappings that somebody adopted for a programme at once."""

    __tablename__ = "adoptions"

    programme_id: UUID
    framework: str
    status: str = AdoptionStatus.DONE
    mappings: int
    adopted_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    rolled_back_at: datetime | None = instant(default=None)
    rolled_back_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class AdoptedMappingStatus(StrEnum):
    """A withdrawn mapping stays on record as a tombstone."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class AdoptedMapping(Base, table=True):
    """A control that answers a requirement because it answers another one, and how the two relate.

    It is no part of the control's text, which is approved and says what the control itself is for. What the crosswalk's
    entry said is kept as it was on the day: `via` stands to `requirement` in this relation.
    """

    __tablename__ = "adopted_mappings"

    adoption_id: UUID
    control_id: UUID
    framework: str
    requirement: str
    via: str
    entry_id: UUID
    crosswalk: str
    relation: str
    strength: int | None = None
    reason: str | None = None
    status: str = AdoptedMappingStatus.ACTIVE
