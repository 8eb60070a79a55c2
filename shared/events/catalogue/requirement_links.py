"""What the controls service announces of links between the requirements that a source names and controls."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _About(Event):
    """Every event about a link says of which source and tool, and which relations of crosswalks are followed."""

    source_id: UUID | None
    source: str | None
    tool: str | None
    relations: tuple[str, ...]


class RequirementsLinked(_About):
    """The checks of a source test the controls that answer the requirements they name, from now on."""

    name: ClassVar[str] = "controls.requirement_link.linked"


class RequirementsUnlinked(_About):
    """The requirements that the checks of a source name are followed to controls no longer."""

    name: ClassVar[str] = "controls.requirement_link.retired"
