from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class ConcernStatus(StrEnum):
    """noted → cleared, or a nonconformity of stage 2; both are final."""

    NOTED = "noted"
    CLEARED = "cleared"
    NONCONFORMITY = "nonconformity"


class AreaOfConcern(Base, table=True):
    """An area of concern of a stage 1, the certification body's row; `client_id` is the auditee.

    `number` counts those of the engagement, from 1. `answer` is what the auditee said last, `history` every step,
    oldest first.
    """

    __tablename__ = "areas_of_concern"

    engagement_id: UUID
    client_id: UUID
    number: int
    requirement: str
    statement: str = Field(sa_column=Column(Text, nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    status: str = ConcernStatus.NOTED
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    nonconformity_id: UUID | None = None
    history: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
