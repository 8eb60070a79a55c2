"""What the audit service announces of engagement files, in the chain of the firm that keeps them."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class FileStep(StrEnum):
    """What was done with an engagement file."""

    ASSEMBLE = "assemble"
    RETAIN = "retain"
    HOLD = "hold"
    RELEASE = "release"
    REQUEST_DISPOSAL = "request_disposal"
    DISPOSE = "dispose"


class EngagementFileMoved(Event):
    """An engagement file was assembled, kept for longer, held, released, or disposed of."""

    name: ClassVar[str] = "audit.engagement_file.moved"

    engagement_id: UUID
    step: FileStep
    status: str
    sha256: str | None
    retain_until: date


class FileAdditionRecorded(Event):
    """Something was added to an engagement file after it was complete."""

    name: ClassVar[str] = "audit.file_addition.recorded"

    engagement_id: UUID
    file_id: UUID
    number: int
    sha256: str
