"""What the controls service announces of links between reported checks and controls."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _About(Event):
    """Every event about a link says which check of which source tests which control."""

    control_id: UUID
    source_id: UUID | None
    source: str | None
    tool: str | None
    check: str


class CheckLinked(_About):
    """A check of another system tests a control from now on."""

    name: ClassVar[str] = "controls.check_link.linked"


class CheckUnlinked(_About):
    """A check of another system tests a control no longer."""

    name: ClassVar[str] = "controls.check_link.retired"
