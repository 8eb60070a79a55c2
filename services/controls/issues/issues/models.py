from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base, Part
from shared.data.base import Touches, instant


class IssueStatus(StrEnum):
    """open → remediating → resolved → closed; a failed check and a regression lead back to open.

    Resolved is what is claimed; closed as verified is what someone else has found to be so.
    """

    OPEN = "open"
    REMEDIATING = "remediating"
    RESOLVED = "resolved"
    CLOSED = "closed"


class IssueSource(StrEnum):
    """How it came to light."""

    TEST = "test"
    AUDIT = "audit"
    INCIDENT = "incident"
    SELF_IDENTIFIED = "self_identified"
    MONITORING = "monitoring"
    RISK_ASSESSMENT = "risk_assessment"
    CONTROL_HEALTH = "control_health"
    OTHER = "other"


class Closure(StrEnum):
    """Why an issue is closed. Only what was verified counts as corrected, and regresses when its cause is back."""

    VERIFIED = "verified"
    RISK_ACCEPTED = "risk_accepted"
    DUPLICATE = "duplicate"


class Issue(Base, table=True):
    """A deficiency of controls. It changes under the locks of its controls, which are taken first.

    `due_reason` says why it is due on another day than the policy gives; `running_since` is when it was opened or
    last reopened, from which the policy counts; `overdue_told_for` is the due date last announced as passed.
    """

    __tablename__ = "issues"
    __touches__ = Touches("control_ids", when=frozenset({"title", "severity", "status", "control_ids"}))

    title: str
    description: str
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    severity: str
    source: str
    source_reference: str | None = None
    recurs_with: str | None = None
    owner_id: UUID
    opened_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = IssueStatus.OPEN
    due_on: date
    due_reason: str | None = None
    plan: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    resolution: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    effectiveness_checks: list[dict[str, Any]] = Field(default=[], sa_column=Column(JSONB, nullable=False))
    closure: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    tickets: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    evidence_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    regressions: int = 0
    running_since: datetime = instant()
    overdue_told_for: date | None = None


class IssueControl(Part, table=True):
    """`control_ids` the other way round: an index of arrays would go unused under row-level security."""

    __tablename__ = "issue_controls"

    issue_id: UUID = Field(primary_key=True)
    control_id: UUID = Field(primary_key=True)


class Effectiveness(StrEnum):
    """What the check of a correction found."""

    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"
