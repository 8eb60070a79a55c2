"""What the controls service announces of crosswalks."""

from typing import ClassVar

from shared.events.event import Event


class _Crosswalk(Event):
    """Every event about a crosswalk says which, in its owner's words."""

    code: str
    title: str


class CrosswalkDefined(_Crosswalk):
    """An organisation began a crosswalk between two frameworks."""

    name: ClassVar[str] = "controls.crosswalk.defined"

    source: str
    target: str


class CrosswalkRevised(_Crosswalk):
    """A crosswalk is called otherwise, or its origin is told otherwise."""

    name: ClassVar[str] = "controls.crosswalk.revised"


class CrosswalkWithdrawn(_Crosswalk):
    """Nothing is read through a crosswalk any longer."""

    name: ClassVar[str] = "controls.crosswalk.withdrawn"


class _Entry(Event):
    """Every event about an entry says which requirements it is about, and how they relate."""

    source: str
    target: str
    relation: str


class CrosswalkEntryWritten(_Entry):
    """A requirement was said to relate to one of another framework."""

    name: ClassVar[str] = "controls.crosswalk_entry.written"


class CrosswalkEntryRevised(_Entry):
    """What is said of two requirements changed."""

    name: ClassVar[str] = "controls.crosswalk_entry.revised"


class CrosswalkEntryWithdrawn(_Entry):
    """Two requirements are no longer said to relate by this entry."""

    name: ClassVar[str] = "controls.crosswalk_entry.withdrawn"
