"""What the controls service announces of frameworks, their versions, and the programmes that move between them."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _OfVersion(Event):
    """Which version of which framework."""

    framework: str
    label: str


class FrameworkVersionImported(_OfVersion):
    """A version of an organisation's own framework came in as a document, whose SHA-256 this tells."""

    name: ClassVar[str] = "controls.framework_version.imported"

    origin: str
    requirements: int
    sha256: str


class FrameworkVersionWithdrawn(_OfVersion):
    """A version that nothing had ever been pinned to was taken away again."""

    name: ClassVar[str] = "controls.framework_version.withdrawn"


class FrameworkWithdrawn(Event):
    """A framework of an organisation's own was taken away again, with versions that nothing had been pinned to."""

    name: ClassVar[str] = "controls.framework.withdrawn"

    code: str
    title: str


class _Move(Event):
    """From which version to which, and how many requirements are in scope then."""

    framework: str
    from_version: str
    to_version: str
    requirements_in_scope: int


class ProgrammeUpgraded(_Move):
    """A programme was moved to another version of its framework."""

    name: ClassVar[str] = "controls.programme.upgraded"


class ProgrammeRolledBack(_Move):
    """A programme is at the version again that it was at before an upgrade."""

    name: ClassVar[str] = "controls.programme.rolled_back"


class _OfUpgrade(_Move):
    """Which programme, and what came of the mappings of its controls."""

    programme_id: UUID
    unchanged: int
    added: int
    removed: int
    changed: int
    mappings_held: int
    mappings_fallen_away: int
    mappings_gained: int


class UpgradeDone(_OfUpgrade):
    """An upgrade was put on record, with its effect as it was on that day."""

    name: ClassVar[str] = "controls.upgrade.done"


class UpgradeRolledBack(_OfUpgrade):
    """An upgrade was undone."""

    name: ClassVar[str] = "controls.upgrade.rolled_back"
