from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base, Part
from shared.data.base import instant


class StatementStatus(StrEnum):
    """draft → approved → superseded by the next one that is approved; a draft can be withdrawn instead."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ImplementationStatus(StrEnum):
    """Whether controls in operation answer an Annex A control: all of it, a part, none of it yet; or there is none."""

    IMPLEMENTED = "implemented"
    PARTLY = "partly"
    PLANNED = "planned"
    NOT_IMPLEMENTED = "not_implemented"


class Statement(Base, table=True):
    """One version of a programme's Statement of Applicability (ISO/IEC 27001, 6.1.3 d), as it was on one instant.

    Whoever approves lines approves what they have read, so that these never change; the database grants no change. A
    statement is approved when each of its lines is.
    """

    __tablename__ = "statements_of_applicability"

    programme_id: UUID
    number: int
    framework_version: str
    as_of: datetime = instant()
    inclusion_reason: str
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    applicable: int
    excluded: int
    implemented: int
    partly: int
    lines_approved: int = 0
    status: str = StatementStatus.DRAFT
    author: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approver: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    approved_at: datetime | None = instant(default=None)


class LineApproval(Part, table=True):
    """That somebody other than the author approved one line of a statement."""

    __tablename__ = "statement_line_approvals"

    statement_id: UUID = Field(primary_key=True)
    ref: str = Field(primary_key=True)
    approver: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approved_at: datetime = instant()
