from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class PolicyStatus(StrEnum):
    """draft → published → retired. A draft has no published version yet."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Policy(Base, table=True):
    """A policy. `review_told_for` is the due date of which a review was last announced as due."""

    __tablename__ = "policies"

    code: str
    title: str
    owner_id: UUID
    review_months: int
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    requirements: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str = PolicyStatus.DRAFT
    published_version_id: UUID | None = None
    reviewed_on: date | None = None
    review_due_on: date | None = None
    review_told_for: date | None = None


class VersionStatus(StrEnum):
    """draft → in approval → approved → published → superseded or retired; a rejection leads back to draft."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class PolicyVersion(Base, table=True):
    """The words of a policy. `sha256` is that of the Markdown in UTF-8, or of the file.

    `decisions` are those of all rounds; a round begins with a submission. `effective_until` is the first day on which
    it is no longer in force. `recorded_at` is when its publication came into Attest.
    """

    __tablename__ = "policy_versions"

    policy_id: UUID
    number: int
    markdown: str | None = None
    file: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    sha256: str
    summary: str
    status: str = VersionStatus.DRAFT
    authors: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    approver_ids: list[UUID] = Field(default=[], sa_column=Column(ARRAY(Uuid), nullable=False))
    quorum: int | None = None
    round: int = 0
    decisions: list[dict[str, Any]] = Field(default=[], sa_column=Column(JSONB, nullable=False))
    published_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    published_at: datetime | None = instant(default=None)
    effective_on: date | None = None
    effective_until: date | None = None
    recorded_at: datetime | None = instant(default=None)
    historical_record_id: UUID | None = None
