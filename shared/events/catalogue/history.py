"""What the controls service announces of what was done outside Attest on an earlier day."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class RecordStatus(StrEnum):
    """recorded → accepted, or refused. Only what is accepted has an effect, and neither is taken back."""

    RECORDED = "recorded"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class AboutHistoricalRecord(Event):
    """Every event about a historical record tells both days: when it was done, and when it came into Attest.

    `code` is that of the control or policy it is about; `control_ids` are the controls that it concerns.
    """

    kind: str
    code: str
    control_ids: list[UUID]
    effective_on: date
    recorded_at: datetime


class HistoricalRecordRecorded(AboutHistoricalRecord):
    """Someone told what was done outside Attest on an earlier day. It has no effect until it is accepted."""

    name: ClassVar[str] = "controls.historical_record.recorded"


class HistoricalRecordAccepted(AboutHistoricalRecord):
    """Neither who recorded nor who performed it accepted it, and it has its effect: `result_id` came of it."""

    name: ClassVar[str] = "controls.historical_record.accepted"

    result_id: UUID


class HistoricalRecordRefused(AboutHistoricalRecord):
    """Someone else did not believe it; the reason says why. It never has an effect."""

    name: ClassVar[str] = "controls.historical_record.refused"
