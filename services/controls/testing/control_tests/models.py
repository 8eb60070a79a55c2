from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.controls.base import Base
from shared.data.base import Touches, instant


class TestStatus(StrEnum):
    """planned → performed → signed_off; or returned → performed again. What was signed off can be tested again."""

    PLANNED = "planned"
    PERFORMED = "performed"
    RETURNED = "returned"
    SIGNED_OFF = "signed_off"
    CANCELLED = "cancelled"


OPEN = (TestStatus.PLANNED, TestStatus.RETURNED)


class TestDecision(StrEnum):
    """What a reviewer makes of a result."""

    SIGNED_OFF = "signed_off"
    RETURNED = "returned"


class ControlTest(Base, table=True):
    """A test of a control by an approved version of a procedure, with the last of its results."""

    __tablename__ = "control_tests"
    __touches__ = Touches("control_id", when=frozenset({"status", "due_at"}))

    control_id: UUID
    procedure_id: UUID
    procedure_version_id: UUID
    definition_id: UUID | None = None
    kind: str
    tester_id: UUID
    due_at: datetime = instant()
    period_start: date | None = None
    period_end: date | None = None
    status: str = TestStatus.PLANNED
    result_id: UUID | None = None
    outcome: str | None = None
