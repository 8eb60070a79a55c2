from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.audit.base import Known
from shared.data.base import instant
from shared.events.catalogue.controls import HealthState


class KnownControl(Known, table=True):
    """A control as last heard of. Its wording, its health and its owners are told apart, each by a version."""

    __tablename__ = "known_controls"

    id: UUID = Field(primary_key=True)
    code: str
    title: str
    control_version: int = 0
    health: str = HealthState.UNKNOWN
    health_version: int = 0
    failing_since: datetime | None = instant()
    owner_id: UUID | None = None
    backup_owner_id: UUID | None = None
    owner_version: int = 0


class KnownHealth(Known, table=True):
    """One change of a control's health. All are kept, since they may be heard in any order."""

    __tablename__ = "known_health"

    control_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    code: str
    title: str
    health: str
    before: str
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    reason_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    failing_since: datetime | None = instant(default=None)
    at: datetime = instant()


class KnownMiss(Known, table=True):
    """An occurrence that a control missed, as announced once, and what the control was called then."""

    __tablename__ = "known_misses"

    control_id: UUID = Field(primary_key=True)
    due_on: date = Field(primary_key=True)
    code: str
    title: str
    missed_at: datetime = instant()
    version: int


class KnownPerformance(Known, table=True):
    """What was recorded for a due day after the tolerance for it had ended, and whether that was withdrawn."""

    __tablename__ = "known_performances"

    id: UUID = Field(primary_key=True)
    control_id: UUID
    due_on: date
    performed_at: datetime = instant()
    recorded_at: datetime = instant()
    withdrawn: bool
    version: int


class KnownPerformer(Known, table=True):
    """Who performed a control in an occurrence that was recorded, and whether that was withdrawn."""

    __tablename__ = "known_performers"

    id: UUID = Field(primary_key=True)
    control_id: UUID
    person_id: UUID | None = None
    performed_at: datetime = instant()
    withdrawn: bool
    version: int


class KnownRisk(Known, table=True):
    """Where a risk went, above appetite or back within it, for one of the controls that answer it.

    All are kept, for the same reason.
    """

    __tablename__ = "known_risks"

    control_id: UUID = Field(primary_key=True)
    risk_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    title: str
    level: str
    above: bool
    at: datetime = instant()
