"""What the evidence service announces of files: how they come in, what is found in them, who was given a link."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class FileCleared(Event):
    """The scanner found no malware in the file."""

    name: ClassVar[str] = "evidence.file.cleared"

    sha256: str


class FileQuarantined(Event):
    """The scanner found malware in the file: it is no longer downloaded nor submitted. `finding` is its name."""

    name: ClassVar[str] = "evidence.file.quarantined"

    sha256: str
    finding: str


class UploadBegun(Event):
    """A file of this size was announced, to be sent in pieces."""

    name: ClassVar[str] = "evidence.upload.begun"

    size: int
    media_type: str


class UploadFinished(Event):
    """All of an upload has come, and it is this file now."""

    name: ClassVar[str] = "evidence.upload.finished"

    file_id: UUID
    sha256: str


class UploadRefused(Event):
    """All of an upload has come, and nothing was kept of it."""

    name: ClassVar[str] = "evidence.upload.refused"

    why: str


class UploadEnded(Event):
    """An upload was given up, or expired, before all of it had come; this much had."""

    name: ClassVar[str] = "evidence.upload.ended"

    received: int


class LinkIssued(Event):
    """A link to a file was given out: whoever has it can download the file until then."""

    name: ClassVar[str] = "evidence.link.issued"

    file_id: UUID
    sha256: str
    expires_at: datetime


class LinkFollowed(Event):
    """Someone came with a link and was given the file, or a part of it."""

    name: ClassVar[str] = "evidence.link.followed"

    file_id: UUID
    sha256: str
