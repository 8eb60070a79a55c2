from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class NoteStatus(StrEnum):
    """open → answered → cleared, or open → cleared. An answer takes the place of the last one."""

    OPEN = "open"
    ANSWERED = "answered"
    CLEARED = "cleared"


class ReviewNote(Base, table=True):
    """A note on a paper, at the edition that was read. `answer` and `clearance` are as the schemas have them."""

    __tablename__ = "review_notes"

    engagement_id: UUID
    paper_id: UUID
    edition: int
    text: str = Field(sa_column=Column(Text, nullable=False))
    status: str = NoteStatus.OPEN
    raised_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    clearance: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
