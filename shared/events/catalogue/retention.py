"""What the evidence service announces of keeping evidence: holds, retention, disposal."""

from typing import ClassVar

from shared.events.event import Event


class _Hold(Event):
    """Every event about a hold says for which matter; the reason says why."""

    matter: str


class HoldPlaced(_Hold):
    """A legal matter needs evidence to be kept: nothing in its scope is disposed of while the hold stands."""

    name: ClassVar[str] = "evidence.hold.placed"


class HoldReleased(_Hold):
    """A legal matter no longer needs the evidence."""

    name: ClassVar[str] = "evidence.hold.released"
