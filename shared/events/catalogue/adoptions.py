"""What the controls service announces of mappings that are adopted through crosswalks."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Adoption(Event):
    """Every event about an adoption says for which programme and framework, and how many mappings it is about."""

    programme_id: UUID
    framework: str
    mappings: int


class AdoptionDone(_Adoption):
    """Mappings of controls to the requirements of a programme's framework were adopted through crosswalks."""

    name: ClassVar[str] = "controls.adoption.done"


class AdoptionRolledBack(_Adoption):
    """The mappings of an adoption that were still in use were withdrawn."""

    name: ClassVar[str] = "controls.adoption.rolled_back"


class _AdoptedMapping(Event):
    """Every event about an adopted mapping says which control answers what, through which requirement."""

    control_id: UUID
    requirement: str
    via: str
    relation: str


class MappingAdopted(_AdoptedMapping):
    """A control was mapped to a requirement through a crosswalk."""

    name: ClassVar[str] = "controls.adopted_mapping.adopted"


class AdoptedMappingWithdrawn(_AdoptedMapping):
    """A control no longer counts for a requirement by this mapping."""

    name: ClassVar[str] = "controls.adopted_mapping.withdrawn"
