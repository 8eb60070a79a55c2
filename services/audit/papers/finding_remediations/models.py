from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base


class RemediationStatus(StrEnum):
    """stated → verified or rejected. What is done after a rejection is another statement."""

    STATED = "stated"
    VERIFIED = "verified"
    REJECTED = "rejected"


class FindingRemediation(Base, table=True):
    """What was done about a finding by a UTC day, the client's row; `firm_id` sees it and decides on it."""

    __tablename__ = "finding_remediations"

    finding_id: UUID
    engagement_id: UUID
    firm_id: UUID
    control_id: UUID
    text: str = Field(sa_column=Column(Text, nullable=False))
    done_on: date
    evidence_item_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    status: str = RemediationStatus.STATED
    stated_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    decision: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
