from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import Touches, instant


class ControlStatus(StrEnum):
    """draft → approved → implemented → retired. A retired control stays on record and never comes back."""

    DRAFT = "draft"
    APPROVED = "approved"
    IMPLEMENTED = "implemented"
    RETIRED = "retired"


class ControlKind(StrEnum):
    """When it acts: before, after, or to repair."""

    PREVENTIVE = "preventive"
    DETECTIVE = "detective"
    CORRECTIVE = "corrective"


class ControlNature(StrEnum):
    """Who performs it."""

    MANUAL = "manual"
    AUTOMATED = "automated"
    HYBRID = "hybrid"


class Control(Base, table=True):
    """What the organisation does to answer requirements and risks.

    Its text is the draft until it is approved, and then the definition in force: what is proposed for a control in
    operation stands in a definition of its own, `pending_definition`, until it is approved and `pending_from` comes.

    `implemented_at` is since when it is in operation, and `implementation_recorded_at` when that came into Attest, the
    last time by a historical record. `known_in_operation_at` is when Attest first knew it to be in operation, and
    `known_in_operation_since` since when by what it knew then.
    """

    __tablename__ = "controls"
    __touches__ = Touches("id", when=frozenset({"status"}))

    code: str
    title: str
    statement: str
    owner_id: UUID
    kind: str
    nature: str
    frequency: str
    requirements: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    recurrence: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    status: str = ControlStatus.DRAFT
    author: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    backup_owner_id: UUID | None = None
    definition: int | None = None
    pending_definition: int | None = None
    pending_from: datetime | None = instant(default=None)
    implemented_at: datetime | None = instant(default=None)
    implementation_recorded_at: datetime | None = instant(default=None)
    implementation_record_id: UUID | None = None
    known_in_operation_at: datetime | None = instant(default=None)
    known_in_operation_since: datetime | None = instant(default=None)
    retired_at: datetime | None = instant(default=None)
