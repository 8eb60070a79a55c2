"""What the evidence service announces of files: what the malware scanner says, and who was given a link."""

from typing import ClassVar

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
