from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class Review(StrEnum):
    """What another person made of a result. What a machine reports needs nobody's signature, and says so."""

    NOT_NEEDED = "not_needed"
    AWAITED = "awaited"
    SIGNED_OFF = "signed_off"
    RETURNED = "returned"


class Result(Base, table=True):
    """What one test came to: of a planned test that a person performed, or of a check that a source reported.

    Or of a test outside Attest that a historical record tells of: whoever accepted the record has signed it off.
    """

    __tablename__ = "test_results"

    control_id: UUID
    standing_id: UUID
    test_id: UUID | None = None
    retest_of: UUID | None = None
    push_id: UUID | None = None
    definition_id: UUID | None = None
    kind: str
    source: str | None = None
    run_id: str | None = None
    check_name: str | None = None
    outcome: str
    observed_at: datetime = instant()
    notes: str | None = None
    url: str | None = None
    via: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    tester: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    review: str
    reviewer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    reviewed_at: datetime | None = instant(default=None)
    review_reason: str | None = None
    historical_record_id: UUID | None = None
