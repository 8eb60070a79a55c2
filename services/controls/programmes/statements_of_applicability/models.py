from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class StatementStatus(StrEnum):
    """draft → approved → superseded by the next one that is approved; a draft can be withdrawn instead."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ImplementationStatus(StrEnum):
    """Whether the controls that answer an Annex A control are in operation: all, some, none yet; or there is none."""

    IMPLEMENTED = "implemented"
    PARTLY = "partly"
    PLANNED = "planned"
    NOT_IMPLEMENTED = "not_implemented"


class Statement(Base, table=True):
    """One version of a programme's Statement of Applicability (ISO/IEC 27001, 6.1.3 d), as it was on one instant.

    Whoever approves it approves the lines they have read, so that these never change; the database grants no change.
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
    status: str = StatementStatus.DRAFT
    author: str
    approver: str | None = None
    approved_at: datetime | None = instant(default=None)
