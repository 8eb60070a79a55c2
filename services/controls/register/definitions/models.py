from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class DefinitionState(StrEnum):
    """draft → approved, or withdrawn before it was ever in force. An approved one never changes again."""

    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Definition(Base, table=True):
    """One text of a control. Among the approved ones, numbers and the instants of `effective_from` rise together.

    `recorded_at` is when it came into Attest from when it is in force. A historical record may say of the first one
    that it was in force earlier than Attest knew; the text is the same. `known_at` is when Attest first knew it to be
    approved, and `known_from` from when it was in force by what Attest knew then.
    """

    __tablename__ = "control_definitions"

    control_id: UUID
    number: int
    state: str = DefinitionState.DRAFT
    title: str
    statement: str
    kind: str
    nature: str
    frequency: str
    requirements: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    recurrence: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    author: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approver: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    approved_at: datetime | None = instant(default=None)
    effective_from: datetime | None = instant(default=None)
    recorded_at: datetime | None = instant(default=None)
    historical_record_id: UUID | None = None
    known_at: datetime | None = instant(default=None)
    known_from: datetime | None = instant(default=None)
