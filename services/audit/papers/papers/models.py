from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import instant


class PaperStatus(StrEnum):
    """planned → in_progress → prepared → reviewed → partner_reviewed.

    Any edit of a signed paper takes it back to in_progress. One that was planned by mistake is withdrawn before anybody
    signed it.
    """

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    PREPARED = "prepared"
    REVIEWED = "reviewed"
    PARTNER_REVIEWED = "partner_reviewed"
    WITHDRAWN = "withdrawn"


class ExtentKind(StrEnum):
    """How much of the operation of a control is tested.

    A sample; one instance of an automated control, with the tests of general IT controls that it rests on; an
    observation; an inspected configuration; or nothing, since the circumstance that warrants the control did not occur.
    """

    SAMPLE = "sample"
    AUTOMATED = "automated"
    OBSERVATION = "observation"
    CONFIGURATION = "configuration"
    NO_OCCURRENCE = "no_occurrence"


class OperationResult(StrEnum):
    """What a test of operating effectiveness came to (Type 2)."""

    OPERATED_EFFECTIVELY = "operated_effectively"
    OPERATED_WITH_DEVIATIONS = "operated_with_deviations"
    DID_NOT_OPERATE = "did_not_operate"
    NO_OCCURRENCE = "no_occurrence"
    NOT_TESTED = "not_tested"


class SignatureKind(StrEnum):
    """What a person signs for: that they did the work, or that they reviewed it."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"
    PARTNER_REVIEWED = "partner_reviewed"


class Paper(Base, table=True):
    """A paper, the firm's row. `number` counts the papers of an engagement.

    `edition` counts what was signed for: an edit of a signed paper begins the next one, and its signatures, which stay
    on record with the edition that they were for, count no longer. `definition` is the number of the definition of
    the control, `criteria` what that definition answers, as `framework:ref`. `executed_at` is when the procedures were
    done. `procedures`, `extent`, `evidence`, `legend`, `result` and `signatures` are as the schemas have them.
    """

    __tablename__ = "papers"

    engagement_id: UUID
    number: int
    control_id: UUID
    control_code: str
    definition_id: UUID
    definition: int
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    title: str
    procedures: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    extent: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    executed_at: datetime | None = instant(default=None)
    evidence: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    legend: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    work: str | None = Field(default=None, sa_column=Column(Text))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    status: str = PaperStatus.PLANNED
    edition: int = 1
    signatures: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    withdrawal: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
