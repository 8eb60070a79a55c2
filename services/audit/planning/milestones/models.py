from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class MilestoneKind(StrEnum):
    """What is reached. An engagement has one of each kind at most, and any number of custom ones."""

    KICKOFF = "kickoff"
    READINESS_DONE = "readiness_done"
    SCOPE_FROZEN = "scope_frozen"
    FIELDWORK_START = "fieldwork_start"
    FIELDWORK_END = "fieldwork_end"
    DRAFT_REPORT = "draft_report"
    MANAGEMENT_REVIEW = "management_review"
    REPORT_ISSUED = "report_issued"
    CUSTOM = "custom"


class MilestoneStatus(StrEnum):
    """open ⇄ done, and either → withdrawn. A withdrawn one stays on record."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Milestone(Base, table=True):
    """A milestone of an engagement. All days are UTC days.

    `planned_on` is the day of the first plan, `due_on` that of the plan as revised since, `done_on` the day on which it
    was reached. `plan_revisions` are what was due before and after, why, by whom and when, oldest first.
    """

    __tablename__ = "milestones"

    engagement_id: UUID
    kind: str
    title: str
    owner_id: UUID
    planned_on: date
    due_on: date
    done_on: date | None = None
    plan_revisions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = MilestoneStatus.OPEN
