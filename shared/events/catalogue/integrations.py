"""What the integrations service announces of sources, of rules for what they deliver, and of result files."""

from datetime import datetime
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


class AboutMappingVersion(Event):
    """Every event about a version of an organisation's rules says for which kind of sender, and which version."""

    kind: str
    number: int


class MappingVersionDrafted(AboutMappingVersion):
    """A version was drafted; nothing is mapped by it yet."""

    name: ClassVar[str] = "integrations.mapping_version.drafted"


class MappingVersionRevised(AboutMappingVersion):
    """A draft was changed; it has to be tried again."""

    name: ClassVar[str] = "integrations.mapping_version.revised"


class MappingVersionTried(AboutMappingVersion):
    """A version was tried on what was delivered; of `changed` deliveries it would make something else."""

    name: ClassVar[str] = "integrations.mapping_version.tried"

    deliveries: int
    changed: int


class MappingVersionPutInForce(AboutMappingVersion):
    """What is delivered from now on is mapped by this version."""

    name: ClassVar[str] = "integrations.mapping_version.put_in_force"


class MappingVersionReplaced(AboutMappingVersion):
    """Another version was put in force in the place of this one."""

    name: ClassVar[str] = "integrations.mapping_version.replaced"


class MappingVersionDiscarded(AboutMappingVersion):
    """A version that was never in force is not wanted."""

    name: ClassVar[str] = "integrations.mapping_version.discarded"


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
    observed_at: datetime | None = None
