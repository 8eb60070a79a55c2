from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class NonconformityGrade(StrEnum):
    """A major one affects the capability of the management system to achieve its results (ISO/IEC 17021-1, 3.12)."""

    MAJOR = "major"
    MINOR = "minor"


class NonconformityStatus(StrEnum):
    """raised → acknowledged → plan_submitted → plan_accepted → evidence_submitted → verified → closed.

    A plan or evidence that does not suffice is returned: to acknowledged, and to plan_accepted.
    """

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    PLAN_SUBMITTED = "plan_submitted"
    PLAN_ACCEPTED = "plan_accepted"
    EVIDENCE_SUBMITTED = "evidence_submitted"
    VERIFIED = "verified"
    CLOSED = "closed"


class Nonconformity(Base, table=True):
    """A nonconformity, the auditing party's row; `client_id` is the auditee. `history` is every step, oldest first.

    `number` counts those of the engagement, from 1. `concern_id` is the area of concern of stage 1 that it was.
    `verify_by` is the last day on which a major one of a stage 2 can be verified without another stage 2 (ISO/IEC
    17021-1, 9.5.3.2); `verified_at` is when it was verified.
    """

    __tablename__ = "nonconformities"

    engagement_id: UUID
    client_id: UUID
    number: int
    concern_id: UUID | None = None
    requirement: str
    grade: str
    statement: str = Field(sa_column=Column(Text, nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    status: str = NonconformityStatus.RAISED
    plan: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    shown: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    verify_by: date | None = None
    verified_at: datetime | None = instant(default=None)
    history: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
