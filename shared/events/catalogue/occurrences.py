"""What the controls service announces of controls being performed."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Occurrence(Event):
    """Every event about an occurrence says of which control, and which expected one it is (null: none was)."""

    control_id: UUID
    control_code: str
    definition: int
    due_on: date | None
    performed_at: datetime


class OccurrenceRecorded(_Occurrence):
    """Someone said that a control was performed."""

    name: ClassVar[str] = "controls.occurrence.recorded"

    performed_by_id: UUID


class OccurrenceWithdrawn(_Occurrence):
    """What was recorded was not so; the reason says why. It counts nowhere any longer."""

    name: ClassVar[str] = "controls.occurrence.withdrawn"
