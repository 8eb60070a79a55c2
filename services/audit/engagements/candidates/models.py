from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class CandidateStatus(StrEnum):
    """raised → remediated. A remediated candidate stays on record: remediation does not undo the period.

    The candidate of a missed occurrence stays raised: performing the control late makes today good, not that day.
    A candidate lapses, and stays in sight, when the failure proves to have been over before the date or the
    period, which only shows when the recovery is heard late.
    """

    RAISED = "raised"
    REMEDIATED = "remediated"
    LAPSED = "lapsed"


class DeviationKind(StrEnum):
    """In what way the control did not work as described."""

    DESIGN = "design"
    OPERATION = "operation"
    EVIDENCE_MISSING = "evidence_missing"
    LATE = "late"


class CandidateOutcome(StrEnum):
    """What the auditing party made of it: a deviation, or none, for a reason."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Candidate(Base, table=True):
    """A failure or a missed occurrence of a control in the time that an engagement speaks of: what may be a deviation.

    The organisation's own monitoring found it, and no auditor has tested it. Its status and the auditor's decision
    are apart. A candidate of a missed occurrence has the day on which it was due, and is never remediated.
    """

    __tablename__ = "candidates"

    engagement_id: UUID
    control_id: UUID
    control_code: str
    control_title: str
    failing_version: int | None = None
    """The version of the change of health that put it on record; it tells one failure from the next."""
    due_on: date | None = None
    kind: str
    nature: str
    cause: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = CandidateStatus.RAISED
    failed_at: datetime = instant()
    remediated_at: datetime | None = instant(default=None)
    risks: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    management_response: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    responder_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    """Everyone who ever responded for management; none of them decides on it."""
    decision: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
