"""What the integrations service announces of sources and of result files."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutSource(Event):
    """Every event about a source says which, and which system it is."""

    title: str
    kind: str


class SourceRegistered(AboutSource):
    """A system may report to the organisation."""

    name: ClassVar[str] = "integrations.source.registered"


class SourceRevised(AboutSource):
    """A source was changed, or another person answers for it."""

    name: ClassVar[str] = "integrations.source.revised"


class SourceRetired(AboutSource):
    """Nothing is taken from a source any more."""

    name: ClassVar[str] = "integrations.source.retired"


class SourceSecretIssued(AboutSource):
    """A source has one more secret."""

    name: ClassVar[str] = "integrations.source.secret_issued"

    secret_id: UUID


class SourceSecretRevoked(AboutSource):
    """A source's secret proves nothing any more."""

    name: ClassVar[str] = "integrations.source.secret_revoked"

    secret_id: UUID


class ResultFileReceived(Event):
    """A file of results was read; each of its checks is announced besides."""

    name: ClassVar[str] = "integrations.result_file.received"

    source: str
    run: str
    format: str
    tool: str
    sha256: str
    results: int
    verdicts: dict[str, int]
    vulnerabilities: int
