from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class ReliabilityStatus(StrEnum):
    """recorded → withdrawn. A withdrawn one stays on record and counts no longer."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class ReliabilityRecord(Base, table=True):
    """A conclusion on information used in a control, on the paper of its test (AT-C section 205).

    `provenance` and `procedures` are as for populations.
    """

    __tablename__ = "reliability_records"

    engagement_id: UUID
    paper_id: UUID
    title: str
    evidence_item_id: UUID | None = None
    provenance: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reliable: bool
    procedures: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    conclusion: str = Field(sa_column=Column(Text, nullable=False))
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = ReliabilityStatus.RECORDED
