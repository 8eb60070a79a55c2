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
    """Someone said that a control was performed.

    `missed_at` is when the tolerance after the due day ended, where it had ended when this was recorded: the occurrence
    was performed too late, or recorded too late. Null otherwise.

    Of one before the control was in operation in Attest, `historical_record_id` is the accepted record; whoever
    performed it may be known by name only, and `performed_by_id` is null then.
    """

    name: ClassVar[str] = "controls.occurrence.recorded"

    performed_by_id: UUID | None
    historical_record_id: UUID | None = None
    missed_at: datetime | None = None


class OccurrenceMissed(Event):
    """A control was not performed for an expected occurrence by `missed_at`, when its tolerance after the day ended.

    It is announced once for a day. What is recorded for the day later says whether it was performed late, or in time.
    """

    name: ClassVar[str] = "controls.occurrence.missed"

    control_id: UUID
    control_code: str
    control_title: str
    definition: int
    due_on: date
    missed_at: datetime


class OccurrenceWithdrawn(_Occurrence):
    """What was recorded was not so; the reason says why. It counts nowhere any longer."""

    name: ClassVar[str] = "controls.occurrence.withdrawn"
